type Happening = { readonly at: number; readonly order: number; readonly happen: () => void }

/** All that runs has run when the tick queue gets its turn: Node empties the queue of promises first. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/**
 * A world's only time: what is to happen lies in a heap, and between two happenings everything that waits on promises
 * runs until it waits on the world again. Milliseconds since the world's beginning.
 */
export function virtualTime() {
  const heap: Happening[] = []
  let now = 0
  let order = 0
  const before = (a: Happening, b: Happening) => a.at < b.at || (a.at === b.at && a.order < b.order)

  function push(one: Happening): void {
    let at = heap.push(one) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(one, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = one
  }

  function pop(): Happening | undefined {
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1
      if (!before(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }

  return {
    now: () => now,
    after: (milliseconds: number, happen: () => void): void => {
      push({ at: now + Math.max(0, milliseconds), order: order++, happen })
    },
    /** Lets everything happen up to this moment, and stops there. */
    runUntil: async (end: number): Promise<void> => {
      await settled()
      while (heap.length > 0 && heap[0]!.at <= end) {
        const next = pop()!
        now = next.at
        next.happen()
        await settled()
      }
      now = end
    },
    happened: () => order,
  }
}
export type VirtualTime = ReturnType<typeof virtualTime>
