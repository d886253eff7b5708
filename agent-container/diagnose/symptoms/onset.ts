import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Symptom } from './symptom.ts'

/** The first sign: a warning about the pods that show it, or their own stamps; what came before is not part of it. */
export function onsetOf(snapshot: Snapshot, symptoms: readonly Symptom[]): string {
  const pods = new Set(symptoms.flatMap((one) => one.pods.map(({ name }) => name)))
  const warnings = snapshot.events
    .filter(({ type, name }) => type === 'Warning' && pods.has(name))
    .map(({ first }) => first)
  const stamps = [...warnings, ...symptoms.flatMap(({ since }) => since ?? []), snapshot.incident.firstSeen]
  return (
    stamps.filter((one) => !Number.isNaN(Date.parse(one))).toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? ''
  )
}
