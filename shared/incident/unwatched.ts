import type { Incident } from './incident.ts'

const WORDS = 'No longer watched: '

/** How an incident ends whose cluster left. */
export const unwatched = (removed: boolean): string =>
  `${WORDS}its cluster ${removed ? 'is not in the configuration any more' : 'is switched off'}`

/** Why it ended without anybody having seen it well; `undefined` when it was. */
export function whyUnwatched({ steps }: Pick<Incident, 'steps'>): string | undefined {
  const end = steps.findLast(({ state }) => state === 'resolved')
  return end?.note.startsWith(WORDS) === true ? end.note : undefined
}
