import { suspectPool } from '../../agent-container/diagnose/evidence/suspect-pool.ts'
import { mainSubject } from '../../agent-container/diagnose/read/read.ts'
import { diagnose } from '../../agent-container/diagnose/rules/all.ts'
import type { Analyzer } from '../../agent-container/diagnose/rules/hypothesis.ts'
import { symptomsOf } from '../../agent-container/diagnose/symptoms/symptoms-of.ts'
import { proven } from '../../agent-container/diagnose/verdict/proven.ts'
import { outputsOf } from '../../agent-container/diagnose/verdict/reading.ts'
import { judge } from '../../agent-container/diagnose/verdict/verdict.ts'
import { objectOf, wantedBy } from '../simulator/expectations.ts'
import { type Judged, judged } from '../simulator/judge.ts'
import { resultOf } from '../simulator/memory-run.ts'
import type { Gathered, Reading } from './gather.ts'
import type { Row } from './softmax.ts'

/** What these rules make of one reading. */
function lookedAt({ snapshot: kept, entries }: Reading, rules: readonly Analyzer[]) {
  // A fresh copy: what was worked out of a snapshot is kept by it.
  const snapshot = { ...kept }
  const subject = mainSubject(snapshot)
  const diagnosis = diagnose(snapshot, subject, rules)
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const hypotheses = diagnosis.hypotheses.map((one) => proven(snapshot, subject, one, outputsOf(entries), byId))
  return { snapshot, subject, diagnosis, hypotheses }
}

/** The suspects of each incident of a scenario, and which of them are right. */
export function rowsOf({ scenario, readings }: Gathered, rules: readonly Analyzer[]): readonly (readonly Row[])[] {
  const wanted = new Set((scenario.expect === undefined ? [] : (wantedBy(scenario.expect) ?? [])).map(objectOf))
  return readings.map((reading) => {
    const { snapshot, subject, hypotheses } = lookedAt(reading, rules)
    return suspectPool(snapshot, subject, hypotheses).map(({ object, features }) => ({
      features,
      right: wanted.has(objectOf(object)),
    }))
  })
}

export type Outcome = Judged & {
  /** One of the objects that would do is named, where several would. */
  readonly oneOf: boolean
}
/** What a reader would be told, and how right it is. */
export function outcomeOf({ scenario, readings, blind }: Gathered, rules: readonly Analyzer[]): Outcome {
  const investigations = readings.map((reading) => {
    const { snapshot, subject, diagnosis } = lookedAt(reading, rules)
    const { entries, complete, reads } = reading
    const symptoms = symptomsOf(snapshot, subject)
    const { verdict } = judge({ snapshot, subject, symptoms, diagnosis, entries, complete, tidy: (text) => text })
    const usage = { toolCalls: 0, model: '', turns: 0, inputTokens: 0, outputTokens: 0, apiCalls: reads, seconds: 0 }
    return { ended: 'completed' as const, verdict, files: {}, usage, notes: [], injectionFlags: [], redactions: {} }
  })
  const reads = Math.max(0, ...readings.map((one) => one.reads))
  const result = resultOf(scenario, investigations, { heard: true, blind, seconds: 0, reads })
  const row = judged(result)
  const wanted = new Set((wantedBy(result.expect) ?? []).map(objectOf))
  const causes = result.parts.flatMap((part) => part.causes.map(objectOf))
  const allowed = !causes.some((one) => result.expect.mustNotBlame.includes(one))
  return { ...row, oneOf: row.right || (allowed && causes.some((one) => wanted.has(one))) }
}
