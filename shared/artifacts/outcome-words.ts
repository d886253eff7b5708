import type { Outcome, Report } from './report.ts'

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  cause: 'Cause found',
  likely: 'Likely cause',
  contested: 'Two causes contested',
  inconclusive: 'No cause found',
  none: 'No fault found',
  'evidence-only': 'Not investigated',
}

/** How sure a cause is, as people say it. */
export const confidenceWords = { high: 'sure', medium: 'fairly sure', low: 'unsure' } as const

/** Of the whole report, in a few words: `cause found, sure`. */
export function certainty({ outcome, verdict }: Pick<Report, 'outcome' | 'verdict'>): string {
  const [first] = verdict?.rootCauses ?? []
  const word = outcomeWords[outcome].toLowerCase()
  return first === undefined || outcome === 'contested' ? word : `${word}, ${confidenceWords[first.confidence]}`
}

/** What a reader may rely on. */
export const outcomeMeanings: Readonly<Record<Outcome, string>> = {
  cause: 'Every quote behind it was found again, letter for letter, in what the cluster answered.',
  likely: 'What it rests on was found in the evidence, but something is missing to be sure.',
  contested: 'The rules and the model name different causes. What each rests on was found in the evidence.',
  inconclusive: 'No cause stood the check against the evidence.',
  none: 'The cluster was read and nothing was found wrong.',
  'evidence-only': 'There is no verdict: below is what was collected.',
}
