/** Holds what cannot be sent yet, in order; beyond the limit the oldest goes, since a reconnect tells the state anew. */
export function createOutbox(limit: number): {
  readonly push: (send: () => void) => void
  /** A way is open: what was held goes now, and what comes goes at once. */
  readonly open: () => void
  readonly close: () => void
  readonly isOpen: () => boolean
} {
  const held: (() => void)[] = []
  let open = false
  return {
    push: (send) => {
      if (open) return send()
      held.push(send)
      if (held.length > limit) held.shift()
    },
    open: () => {
      open = true
      for (const send of held.splice(0)) send()
    },
    close: () => {
      open = false
    },
    isOpen: () => open,
  }
}
