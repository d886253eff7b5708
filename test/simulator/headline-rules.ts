import { glance } from '../../shared/artifacts/glance.ts'
import type { Report } from '../../shared/artifacts/report.ts'

const stamp = /\d{4}-\d\d-\d\dT|\d\d:\d\d:\d\d/

/** What is wrong with the lines that people read first, one sentence each: too long, for machines, or against the facts. */
export function headlineFaults(report: Report): readonly string[] {
  const { incident, verdict, evidence } = report
  const seen = glance(incident, report)
  const lines = { effect: seen.effect, because: seen.because, headline: report.headline, short: seen.short }
  const found: string[] = []
  for (const [name, text] of Object.entries(lines)) {
    const most = name === 'short' ? 72 : 80
    if (text.length > most) found.push(`${name} has ${text.length} characters: ${text}`)
    if (stamp.test(text)) found.push(`${name} has a stamp: ${text}`)
  }
  const { desired, ready, gone } = verdict?.impact ?? {}
  const all = [seen.effect, report.headline, seen.short, verdict?.headline ?? ''].join('\n')
  if (/is healthy now|healthy now,/.test(all) && (report.outcome !== 'none' || gone === true))
    found.push(`healthy is said of what is not: ${all}`)
  const [, some, of] = /has (\d+) of (\d+) (?:replicas|pods) ready/.exec(seen.effect) ?? []
  if (some !== undefined && (Number(some) !== ready || Number(of) !== desired || Number(some) >= Number(of)))
    found.push(`the count is not that of the impact: ${seen.effect}`)
  // A rollout is claimed only where fewer are updated than wanted.
  if (all.includes('keeps its old replicas')) {
    const updated = evidence.flatMap(({ output }) => /updatedReplicas: (\d+)/.exec(output)?.[1] ?? [])
    if (!updated.some((one) => Number(one) < (desired ?? 0))) found.push(`no rollout was seen: ${all}`)
  }
  // An absence needs a list that was answered.
  const listed = evidence.some(({ status, arguments: { kind } }) => status === 200 && kind === 'Pod')
  const none = [seen.because, ...(verdict?.facts ?? []).map(({ text }) => text)].find((text) => /has none/.test(text))
  if (none !== undefined && !listed) found.push(`absence was concluded from nothing: ${none}`)
  return found
}
