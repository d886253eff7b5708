import type { Entry } from './entry.ts'

export type Count = { readonly name: string; readonly count: number }

export function counted(names: readonly string[]): readonly Count[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

export type Day = { readonly day: string; readonly critical: number; readonly warning: number; readonly info: number }

/** Every day from `from` to `to`, those without incidents too. */
export function perDay(entries: readonly Entry[], from: string, to: string): readonly Day[] {
  const days = new Map<string, { critical: number; warning: number; info: number }>()
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000)
    days.set(new Date(at).toISOString().slice(0, 10), { critical: 0, warning: 0, info: 0 })
  for (const { at, severity } of entries) {
    const day = days.get(at.slice(0, 10))
    if (day !== undefined) day[severity] += 1
  }
  return [...days].map(([day, counts]) => ({ day, ...counts }))
}

const bounds = [
  ['≤ 10 s', 10],
  ['≤ 30 s', 30],
  ['≤ 1 min', 60],
  ['≤ 2 min', 120],
  ['≤ 5 min', 300],
  ['≤ 15 min', 900],
  ['longer', Number.POSITIVE_INFINITY],
] as const

/** How long people waited for a report: one count for each range, the median, and what nine of ten stayed below. */
export function timeToReport(entries: readonly Entry[]) {
  const seconds = entries.flatMap((one) => one.secondsToReport ?? []).sort((a, b) => a - b)
  const ranges = bounds.map(([name, most], index) => {
    const least = bounds[index - 1]?.[1] ?? -1
    return { name, count: seconds.filter((one) => one > least && one <= most).length }
  })
  const at = (share: number) => seconds[Math.min(seconds.length - 1, Math.floor(seconds.length * share))]
  return { ranges, median: at(0.5), ninety: at(0.9), count: seconds.length }
}
