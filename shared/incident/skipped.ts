/** Why an incident got no agent. Decisions follow from this, never from the sentence that people read. */
export const skipKinds = [
  'below-threshold',
  'explained',
  'muted',
  'no-agent-in-time',
  'queue-full',
  'triage-broken',
  'triage-off',
] as const
export type SkipKind = (typeof skipKinds)[number]

/** There was too much, which is not: it is unwanted. A fault that comes again later may try again. */
export const isOverload = (skip: SkipKind | undefined): boolean => skip === 'queue-full' || skip === 'no-agent-in-time'

/** A reason as its kind and its sentence. */
export type Skip = { readonly skip: SkipKind; readonly reason: string }

/** Of an incident that was written before its kind was: then the kind was read from these beginnings of sentences. */
export function skipOfSentence(reason: string, isExplained: boolean): SkipKind {
  if (isExplained) return 'explained'
  if (reason.startsWith('Overload: the queue is full')) return 'queue-full'
  if (reason.startsWith('Overload: ')) return 'no-agent-in-time'
  if (reason.startsWith('Severity ')) return 'below-threshold'
  return reason.startsWith('Muted until ') ? 'muted' : 'triage-off'
}
