/** How many clusters one of `supervisors` should hold: one more than its part, so that rounding leaves none over. */
export const fairShare = (clusters: number, supervisors: number): number =>
  supervisors <= 1 ? clusters : Math.ceil(clusters / supervisors) + 1

export type Standing = {
  readonly name: string
  readonly mine: boolean
  /** Nobody's, or its owner is dead. */
  readonly free: boolean
  readonly offered: boolean
  /** It was free at the look before, too. */
  readonly orphaned: boolean
}

/**
 * What to take and what to offer to others. A cluster that nobody took between two looks is taken whatever the share
 * says: fairness is worth less than being watched.
 */
export function shareOut(
  clusters: readonly Standing[],
  supervisors: number,
): { readonly take: readonly string[]; readonly takeOver: readonly string[]; readonly offer: readonly string[] } {
  const share = fairShare(clusters.length, supervisors)
  const mine = clusters.filter((one) => one.mine)
  const names = (list: readonly Standing[]) => list.map(({ name }) => name)
  const free = clusters.filter((one) => one.free && !one.mine)
  const room = Math.max(0, share - mine.length)
  const take = [...free.filter((one) => one.orphaned), ...free.filter((one) => !one.orphaned).slice(0, room)]
  const left = Math.max(0, room - take.length)
  const offered = clusters.filter((one) => one.offered && !one.mine && !one.free)
  const kept = mine.filter((one) => !one.offered)
  return {
    take: names(take),
    takeOver: names(offered.slice(0, left)),
    offer: names(kept.slice(0, Math.max(0, kept.length - share))),
  }
}
