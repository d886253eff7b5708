import type { Remedy, Verdict } from './verdict.ts'

/**
 * What to do now. While two causes are contested a change would be made on the word of one of them: then only a step that
 * reads comes first, or none.
 */
export const firstStep = (verdict: Verdict | undefined): Remedy | undefined =>
  verdict?.remedies.find(({ changesState }) => verdict.outcome !== 'contested' || !changesState)
