import type { Incident } from '../incident/incident.ts'
import type { ResultMessage } from '../incident/messages.ts'
import type { Report } from './report.ts'

/** Seconds: rules alone take a few, a model minutes, and AGENT_TIMEOUT ends at an hour. */
export const BUCKETS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600] as const
/** What is measured: an agent from its launch to its end, and an incident from its first fault to its report. */
export const DURATIONS = ['agent', 'incident'] as const
export type Duration = (typeof DURATIONS)[number]

export const endedName = (ended: ResultMessage['ended']) => `ended_${ended.replace('-', '_')}`
export const outcomeName = (outcome: Report['outcome']) => `outcome_${outcome.replace('-', '_')}`
export const bucketName = (of: Duration, most: number | 'more') => `${of}_le_${most}`
export const sumName = (of: Duration) => `${of}_seconds`

/** What one agent that has ended adds to the totals of its cluster. */
export function amountsOf(report: Report, ended: ResultMessage['ended'], now: Date): Readonly<Record<string, number>> {
  const { outcome, usage, incident } = report
  const seconds: Readonly<Record<Duration, number>> = {
    agent: secondsFrom(incident.startedAt, report.generatedAt),
    incident: secondsFrom(incident.createdAt, now.toISOString()),
  }
  return {
    [endedName(ended)]: 1,
    [outcomeName(outcome)]: 1,
    ...Object.fromEntries(
      DURATIONS.flatMap((of) => [
        [bucketName(of, BUCKETS.find((most) => seconds[of] <= most) ?? 'more'), 1],
        [sumName(of), seconds[of]],
      ]),
    ),
    ...(usage === undefined || usage.model === ''
      ? {}
      : { tokens_in: usage.inputTokens, tokens_out: usage.outputTokens, cost_usd: usage.costUsd ?? 0 }),
  }
}

/** Clocks of two instances may disagree by minutes: a total must not shrink by it. */
const secondsFrom = (from: Incident['startedAt'], to: string): number =>
  from === undefined ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)
