import { mainSubject } from '../../agent-container/diagnose/read/read.ts'
import { analyzers, diagnose } from '../../agent-container/diagnose/rules/all.ts'
import { application } from '../../agent-container/diagnose/rules/application.ts'
import { controllerSays } from '../../agent-container/diagnose/rules/controller-says.ts'
import type { Analyzer } from '../../agent-container/diagnose/rules/hypothesis.ts'
import { alongEdges } from '../../agent-container/diagnose/walk/along-edges.ts'
import { objectOf, wantedBy } from '../simulator/expectations.ts'
import type { Gathered } from './gather.ts'

/** They stand for no mechanism of their own: an unseen one meets them as well. */
const general: ReadonlySet<Analyzer> = new Set([application, controllerSays, alongEdges])
/** A rule behind a rule behind a rule: more were never found. */
const ROUNDS = 6

/**
 * The rules without those that name who is to blame here: as a mechanism meets them that nobody has written a rule for.
 * What is right then is right by the general part alone, and what is certain then and wrong would be so in the field.
 */
export function withoutKnowing({ scenario, readings }: Gathered): readonly Analyzer[] {
  const wanted = new Set((scenario.expect === undefined ? [] : (wantedBy(scenario.expect) ?? [])).map(objectOf))
  let rules = analyzers
  for (let round = 0; round < ROUNDS; round++) {
    const knowing = new Set<Analyzer>()
    const watched = rules.map(
      (rule): Analyzer =>
        (scene) => {
          const found = rule(scene)
          const names = found.some(({ culprit, rejected }) => rejected === undefined && wanted.has(objectOf(culprit)))
          if (names && !general.has(rule)) knowing.add(rule)
          return found
        },
    )
    // A fresh copy: what was worked out of a snapshot is kept by it.
    for (const { snapshot } of readings.map((one) => ({ snapshot: { ...one.snapshot } })))
      diagnose(snapshot, mainSubject(snapshot), watched)
    if (knowing.size === 0) break
    rules = rules.filter((rule) => !knowing.has(rule))
  }
  return rules
}
