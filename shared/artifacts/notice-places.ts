import { z } from 'zod'

/** Rows of table `control`: one for each place that notices go to. */
export const PLACES = 'places'
/** Rows of table `control`: one for each notice that waits for a place. */
export const WAITING = 'notices-waiting'

/** What became of notices in one place, and how fast it may be told. */
export const PlaceRow = z.object({
  sent: z.number().int().default(0),
  failed: z.number().int().default(0),
  /** Given up; what was told of it stands among the dead letters. */
  refused: z.number().int().default(0),
  /** Given up after two posts without an answer: the place may have it. */
  unsure: z.number().int().default(0),
  lastSent: z.string().default(''),
  lastFailed: z.string().default(''),
  lastError: z.string().default(''),
  /** It asked for time: not before this. */
  pausedUntil: z.string().default(''),
  pausedSince: z.string().default(''),
  /** In a row. */
  pauses: z.number().int().default(0),
  /** When the next notice is due at the place's pace. */
  nextAt: z.string().default(''),
  /** What it was opened with when it was refused for certain; with another key it is tried at once. */
  refusedWith: z.string().default(''),
})
export type PlaceRow = z.infer<typeof PlaceRow>

export const WaitingRow = z.object({
  place: z.string(),
  since: z.string(),
  /** When it is looked at again. */
  until: z.string(),
  why: z.string(),
  /** Before its time: each minute, to see whether its place is back; when that has taken something else; or never. */
  wakes: z.enum(['minutely', 'success', 'never']).default('never'),
  turn: z.number().int().default(0),
  /** What is sent anew, as text. */
  message: z.string().default(''),
})
export type WaitingRow = z.infer<typeof WaitingRow>
