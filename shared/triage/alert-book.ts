import { z } from 'zod'
import { type ContendDeps, contend, STALE } from '../runtime/contend.ts'
import type { Table } from '../runtime/table.ts'

/** Rows of table `control`: which alerts fire for one identity, so that only the last one's end is the end. */
const ALERTS = 'alerts'
/** Of one object: a hundred rules in five replicas; the eldest go. */
const MOST = 500
/** A column holds 32,768, and a fingerprint may have a hundred. */
const MOST_CHARACTERS = 30_000

export type Received = {
  readonly fingerprint: string
  readonly firing: boolean
  /** ISO 8601 UTC. */
  readonly startsAt: string
  readonly endsAt: string
}
export type Decision = {
  readonly fires: readonly Received[]
  /** Whether any of them is no repetition. */
  readonly isNews: boolean
  readonly over: boolean
}

function newest(times: ReadonlyMap<string, string>): Times {
  const kept: [string, string][] = []
  let room = MOST_CHARACTERS
  for (const [fingerprint, at] of [...times].slice(-MOST).reverse()) {
    room -= JSON.stringify({ [fingerprint]: at }).length
    if (room < 0) break
    kept.unshift([fingerprint, at])
  }
  return Object.fromEntries(kept)
}

const Times = z.record(z.string(), z.string())
type Times = z.infer<typeof Times>
type Book = { readonly open: Times; readonly ended: Times }

/**
 * What a post changes. Sources send copies, late and in any order: a firing that began before an end that is known
 * is old, and an end counts once.
 */
export function decide({ open, ended }: Book, received: readonly Received[]): Decision & { readonly book: Book } {
  const now = { open: new Map(Object.entries(open)), ended: new Map(Object.entries(ended)) }
  const fires: Received[] = []
  let ends = false
  let isNews = false
  for (const one of received) {
    const { fingerprint, firing, startsAt, endsAt } = one
    if (firing) {
      if (startsAt <= (now.ended.get(fingerprint) ?? '')) continue
      if (now.open.get(fingerprint) !== startsAt) isNews = true
      now.open.delete(fingerprint)
      now.open.set(fingerprint, startsAt)
      fires.push(one)
      continue
    }
    ends = now.open.delete(fingerprint) || ends
    const end = [endsAt, now.ended.get(fingerprint) ?? ''].sort()[1] ?? endsAt
    now.ended.delete(fingerprint)
    now.ended.set(fingerprint, end)
  }
  const still = fires.filter(({ fingerprint }) => now.open.has(fingerprint))
  return {
    fires: still,
    isNews,
    over: ends && now.open.size === 0,
    book: { open: newest(now.open), ended: newest(now.ended) },
  }
}

/** `send` comes before the row is written: a crash between the two repeats what is harmless, and loses nothing. */
export const alertBook =
  (deps: ContendDeps & { readonly control: Pick<Table, 'get' | 'insert' | 'replace'> }) =>
  (key: string, received: readonly Received[], send: (decision: Decision) => Promise<void>): Promise<Decision> =>
    contend(deps, `Alerts of ${key}`, async () => {
      const row = await deps.control.get(ALERTS, key)
      const before = { open: times(row?.fields.open), ended: times(row?.fields.ended) }
      const { book, ...decision } = decide(before, received)
      await send(decision)
      const fields = { open: JSON.stringify(book.open), ended: JSON.stringify(book.ended) }
      if (fields.open === row?.fields.open && fields.ended === row.fields.ended) return decision
      const written =
        row === undefined ? await deps.control.insert(ALERTS, key, fields) : await deps.control.replace(row, fields)
      return written === undefined ? STALE : decision
    })

function times(text: unknown): Times {
  const parsed = Times.safeParse(JSON.parse(typeof text === 'string' ? text : '{}'))
  return parsed.success ? parsed.data : {}
}
