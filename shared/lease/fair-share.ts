/** How many clusters one of `supervisors` should hold: their parts together are at least all. */
const fairShare = (clusters: number, supervisors: number): number => Math.ceil(clusters / supervisors)

export type FairShare = {
  readonly name: string
  readonly mine: boolean
  /** Nobody's, or its owner is dead. */
  readonly free: boolean
  readonly offered: boolean
  /** It was free at the look before, too. */
  readonly orphaned: boolean
}
/** How many share the work, and which of them this one is, from 0, by its name. */
export type Among = { readonly supervisors: number; readonly rank: number }
export type Shares = {
  readonly takeAll: readonly string[]
  /** Of these as many as there is `room`: another may be first with some. */
  readonly takeSome: readonly string[]
  readonly room: number
  readonly takeOver: readonly string[]
  /** More than the part: these are for whoever has room. */
  readonly surplus: readonly string[]
  /** Offered, and the part has room for them after all. */
  readonly keep: readonly string[]
}

/**
 * What to take and what to offer to others. All begin at different places of one list, so that they do not reach for
 * the same clusters first. A cluster that nobody took between two looks is taken whatever the share says: fairness is
 * worth less than being watched.
 */
export function shareOut(clusters: readonly FairShare[], { supervisors, rank }: Among): Shares {
  const inOwnOrder = (list: readonly FairShare[]) => {
    const at = Math.floor((list.length * rank) / supervisors)
    return [...list.slice(at), ...list.slice(0, at)].map(({ name }) => name)
  }
  const mine = clusters.filter((one) => one.mine)
  const others = clusters.filter((one) => !one.mine)
  const orphaned = others.filter((one) => one.orphaned)
  const free = others.filter((one) => one.free && !one.orphaned)
  const share = fairShare(clusters.length, supervisors)
  const room = Math.max(0, share - mine.length - orphaned.length)
  const tooMany = Math.max(0, mine.length - share)
  const onOffer = inOwnOrder(mine.filter((one) => one.offered))
  return {
    takeAll: inOwnOrder(orphaned),
    takeSome: inOwnOrder(free),
    room: Math.min(room, free.length),
    takeOver: inOwnOrder(others.filter((one) => one.offered && !one.free)).slice(0, Math.max(0, room - free.length)),
    surplus: inOwnOrder(mine.filter((one) => !one.offered)).slice(0, Math.max(0, tooMany - onOffer.length)),
    keep: onOffer.slice(tooMany),
  }
}
