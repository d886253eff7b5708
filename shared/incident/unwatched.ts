import type { Incident } from './incident.ts'

export type Unwatched = NonNullable<Incident['unwatched']>

/** How an incident ends whose cluster left: nobody has seen it well. */
export const unwatchedWords = (why: Unwatched): string =>
  `No longer watched: its cluster ${why === 'cluster-removed' ? 'is not in the configuration any more' : 'is switched off'}`
