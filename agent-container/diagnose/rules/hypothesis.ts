import type { Citation } from '../../../shared/artifacts/evidence.ts'
import type { Culprit, Remedy, RootCause } from '../../../shared/artifacts/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import type { FaultClass } from './class.ts'

export type Link = Culprit & { readonly mechanism: string }
export type Hypothesis = {
  readonly class: FaultClass
  /** The object whose change would end the trouble: never the one that merely shows it. */
  readonly culprit: Culprit
  readonly summary: string
  readonly mechanism: string
  readonly evidence: readonly Citation[]
  /** `high` needs the mechanism quoted from evidence; what the checks say of it comes afterwards (`checks.ts`). */
  readonly confidence: RootCause['confidence']
  readonly reasons: readonly string[]
  /** What would show it wrong: for people, until somebody makes a check of it. */
  readonly falsification: string
  /** Set when that check, or a better explanation, speaks against it. */
  readonly rejected?: string
  readonly against?: readonly Citation[]
  /** Keys of the symptoms that it explains. */
  readonly explains: readonly string[]
  readonly chain?: readonly Link[]
  /** Who makes the culprit, or should: its change would end the trouble for good. */
  readonly madeBy?: Culprit
  readonly remedies: readonly Remedy[]
  readonly prevention?: string
  /** Between equals the more specific one leads; 50 is the rule of thumb, logs alone are less, objects more. */
  readonly weight: number
}

/** What a rule looks at: one subject in the snapshot, and what is wrong with it. */
export type Scene = {
  readonly snapshot: Snapshot
  readonly subject: Subject
  readonly symptoms: readonly Symptom[]
  /** The same rules for another subject, such as a dependency; empty when it was asked already (cycles). */
  readonly diagnose: (ref: Culprit) => readonly Hypothesis[]
}
export type Analyzer = (scene: Scene) => readonly Hypothesis[]

export const culpritOf = ({ kind, namespace, name }: Culprit): Culprit => ({ kind, namespace, name })
export const of = (symptoms: readonly Symptom[], ...kinds: readonly Symptom['kind'][]): readonly Symptom[] =>
  symptoms.filter(({ kind }) => kinds.includes(kind))
