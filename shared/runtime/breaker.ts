import { z } from 'zod'
import type { Clock } from './clock.ts'
import { contend, STALE } from './contend.ts'
import { errorText } from './errors.ts'
import { type Random, randomId } from './ids.ts'
import type { Log } from './log.ts'
import { isMarked, withMark } from './marks.ts'
import type { Fields, Row, Table } from './table.ts'

/** Rows of table `control`; the key is the breaker's name. */
const PARTITION = 'breakers'
/** Three are shown, two more help whoever reads the table. */
const MOST_REASONS = 5
const MOST_REASON_CHARACTERS = 500
/** One probe at a time, and the next when nothing is heard of the first: longer than any single call may last. */
const PROBE_MS = 60_000

/** Sixteen times the longest: four hours where that is a quarter of one. */
const MOST_DOUBLED = 4

const Reason = z.strictObject({ at: z.string(), text: z.string() })
type Reason = z.infer<typeof Reason>
const State = z.strictObject({
  state: z.enum(['closed', 'open']),
  /** In a row. */
  failures: z.number().int(),
  /** Of the first of them; '' when there are none. */
  since: z.string(),
  openedAt: z.string(),
  retryAt: z.string(),
  openings: z.number().int(),
  /** A change that nobody has been told of yet. */
  untold: z.enum(['', 'degraded', 'recovered']),
  reasons: z.array(Reason),
  /** Of the last writes, so that one whose answer was lost is known again. */
  marks: z.string().default(''),
})
type State = z.infer<typeof State>
/** Of a row, which has columns of the table's own besides. */
const StateColumns = State.strip()

export type BreakerChange = {
  readonly to: 'degraded' | 'recovered'
  readonly name: string
  /** Counts the openings of this breaker: together with `to` and `name` it names the change. */
  readonly opening: number
  readonly failures: number
  readonly since: string
  readonly reasons: readonly Reason[]
  readonly retryAt: string
}
export type BreakerDeps = {
  readonly control: Pick<Table, 'get' | 'insert' | 'replace'>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
  readonly log: Pick<Log, 'error'>
  /** So many failures in a row open it. */
  readonly threshold: number
  /** How long it stays open at first; doubled with each failed probe up to the longest. */
  readonly openMs: number
  readonly longestMs: number
  /** For those that are to be asked sooner; what is certain waits by `longestMs` all the same. */
  readonly longestOf?: (name: string) => number | undefined
  /** Told at least once for each change; again with the same `opening` when it fails or the process dies. */
  readonly onChange?: (change: BreakerChange) => Promise<void>
}
export type Breakers = {
  /**
   * Whether to try now. Open: not before `retryAt`. After that (half-open) exactly one asker may try, the others wait
   * for what becomes of it. `spotless`: nothing has failed, so that a success changes nothing and need not be told.
   */
  readonly ask: (name: string) => Promise<Asked>
  /** What is told again under the same mark counts once. */
  readonly succeeded: (name: string, mark?: string) => Promise<void>
  /** `certain`: a wrong key or address, which no patience mends: it opens at once, and for longer each time. */
  readonly failed: (name: string, reason: string, mark?: string, certain?: boolean) => Promise<void>
  readonly state: (name: string) => Promise<BreakerState>
}
export type Asked = { readonly go: true; readonly spotless: boolean } | { readonly go: false; readonly retryAt: Date }
export type BreakerState = State & { readonly now: 'closed' | 'open' | 'half-open' }

export const isSpotless = ({ state, failures, untold }: Pick<State, 'state' | 'failures' | 'untold'>): boolean =>
  state === 'closed' && failures === 0 && untold === ''

const fresh: State = {
  state: 'closed',
  failures: 0,
  since: '',
  openedAt: '',
  retryAt: '',
  openings: 0,
  untold: '',
  reasons: [],
  marks: '',
}

/** Breakers by name, one row each; every change is one conditional write, so that all instances see the same. */
export function breakers(deps: BreakerDeps): Breakers {
  const { control, clock } = deps
  const iso = (ms: number) => new Date(ms).toISOString()
  const ms = () => clock.now().getTime()

  const read = async (name: string): Promise<{ readonly row: Row | undefined; readonly state: State }> => {
    const row = await control.get(PARTITION, name)
    return { row, state: row === undefined ? fresh : ofFields(row.fields) }
  }
  const write = (name: string, row: Row | undefined, state: State): Promise<Row | undefined> =>
    row === undefined ? control.insert(PARTITION, name, toFields(state)) : control.replace(row, toFields(state))

  /** Decides on what stands there now, writes it, and tells what changed. */
  const change = (name: string, mark: string, decide: (state: State) => State | undefined): Promise<void> =>
    contend(deps, `Breaker ${name}`, async () => {
      const { row, state } = await read(name)
      if (row !== undefined && isMarked(state.marks, mark)) return report(name, row, state)
      const decided = decide(state)
      if (decided === undefined) return
      const next = { ...decided, marks: withMark(state.marks, mark) }
      const written = await write(name, row, next)
      if (written === undefined) return STALE
      if (next.untold !== '') await report(name, written, next)
    })

  async function report(name: string, row: Row, state: State): Promise<void> {
    if (state.untold === '') return
    const { openings, failures, since, reasons, retryAt, untold } = state
    try {
      await deps.onChange?.({ to: untold, name, opening: openings, failures, since, reasons, retryAt })
      const recorded = untold === 'recovered' ? { ...state, failures: 0, since: '', reasons: [] } : state
      // Stale: somebody has counted since, and tells it once more under the same name.
      await control.replace(row, toFields({ ...recorded, untold: '' }))
    } catch (error) {
      deps.log.error({ breaker: name }, `That ${name} ${untold} could not be told yet: ${errorText(error)}`)
    }
  }

  return {
    ask: (name) => {
      const mark = randomId()
      return contend(deps, `Breaker ${name}`, async () => {
        const { row, state } = await read(name)
        // Our own probe, whose answer was lost.
        if (isMarked(state.marks, mark)) return { go: true, spotless: false }
        if (row === undefined || state.state === 'closed') return { go: true, spotless: isSpotless(state) }
        const retryAt = new Date(state.retryAt)
        if (retryAt.getTime() > ms()) return { go: false, retryAt }
        const probe = { ...state, retryAt: iso(ms() + PROBE_MS), marks: withMark(state.marks, mark) }
        return (await write(name, row, probe)) === undefined ? STALE : { go: true, spotless: false }
      })
    },
    succeeded: (name, mark = randomId()) =>
      change(name, mark, (state) => {
        // The usual case costs one read and no write.
        if (isSpotless(state)) return undefined
        if (state.state === 'closed' && state.untold === '') return { ...fresh, openings: state.openings }
        return { ...state, state: 'closed', retryAt: '', untold: 'recovered' }
      }),
    failed: (name, reason, mark = randomId(), certain = false) =>
      change(name, mark, (before) => {
        const at = iso(ms())
        const state = before.untold === 'recovered' ? { ...fresh, openings: before.openings } : before
        const failures = state.failures + 1
        const counted: State = {
          ...state,
          failures,
          since: state.since === '' ? at : state.since,
          reasons: [...state.reasons, { at, text: reason.slice(0, MOST_REASON_CHARACTERS) }].slice(-MOST_REASONS),
        }
        if (failures < deps.threshold && !certain && state.state === 'closed') return counted
        const grown = deps.openMs * 2 ** Math.min(20, Math.max(0, failures - deps.threshold))
        const wait = certain
          ? deps.longestMs * 2 ** Math.min(MOST_DOUBLED, failures - 1)
          : Math.min(deps.longestOf?.(name) ?? deps.longestMs, grown)
        const open: State = { ...counted, state: 'open', retryAt: iso(ms() + wait) }
        if (state.state === 'open') return open
        return { ...open, openedAt: at, openings: state.openings + 1, untold: 'degraded' }
      }),
    state: async (name) => {
      const { state } = await read(name)
      const now = state.state === 'open' && Date.parse(state.retryAt) <= ms() ? 'half-open' : state.state
      return { ...state, now }
    },
  }
}

const toFields = ({ reasons, ...rest }: State): Fields => ({ ...rest, reasons: JSON.stringify(reasons) })
/** As others show it: what a row of partition `breakers` says. */
export const readBreaker = (row: Row) => ({ name: row.key, ...ofFields(row.fields) })
const ofFields = (fields: Fields): State =>
  StateColumns.parse({ ...fields, reasons: JSON.parse(String(fields.reasons)) })
