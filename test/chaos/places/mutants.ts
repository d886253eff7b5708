import type { Weather } from '../mortal.ts'

/** The order with one of its safeguards taken away, as a change of the product's text. */
export type PlacesMutant = {
  readonly what: string
  /** From the project's root. */
  readonly file: string
  /** Stands there exactly once. */
  readonly from: string
  readonly to: string
  /** What the checker must say, in at least one schedule. */
  readonly caught: string
  /** Noticed within few schedules. */
  readonly often?: boolean
  /** Where processes must die or stand still for it to matter. */
  readonly weather?: Weather
}
const calmly = { error: 0, lost: 0, crash: 0, pause: 0, pauseMs: 300_000, skewMs: 0, latencyMs: 50 }
const deadly: Weather = { ...calmly, crash: 0.03 }

const line = 'shared/notify/ledger/line.ts'
const tell = 'shared/notify/notify-place.ts'
const handle = 'shared/notify/handle-notice.ts'
const notTaken = 'shared/notify/not-taken.ts'

export const placesMutants: readonly PlacesMutant[] = [
  {
    what: 'an end does not close the line for what still waits',
    file: tell,
    from: '      const closed = await ledger.claim(asked)\n',
    to: "      const closed = { state: '' }\n",
    caught: 'stays open|after the end',
  },
  {
    what: 'what is over is told as open all the same',
    file: 'shared/notify/compose-notice.ts',
    from: "  if (status === 'resolved') return 'void'\n  switch",
    to: '  switch',
    often: true,
    caught: 'as open|stays open',
  },
  {
    what: 'a refusal forgets that an earlier try may have arrived',
    file: line,
    from: '  if (again) return',
    to: "  if (again && id === '') return",
    caught: 'stays open',
  },
  {
    what: 'while its end is being told, a begin still may be',
    file: line,
    from: "state === 'over' || end !== ''",
    to: "state === 'over' || end === 'never'",
    caught: 'after the end|as open|stays open',
    weather: deadly,
  },
  {
    what: 'an end goes where the routes lead now, not where the begin went',
    file: handle,
    from: '  if (!isEnd)\n',
    to: '  if (isEnd) return ways\n  if (!isEnd)\n',
    caught: 'stays open',
  },
  {
    what: 'what waits for a place that is gone goes nowhere',
    file: handle,
    from: 'ways: left.length > 0 && !(await isOver()) ? all : meant',
    to: 'ways: meant',
    caught: 'nobody has heard',
  },
  {
    what: 'only who has it for certain hears the end',
    file: line,
    from: 'heard || intended.length > 0',
    to: 'heard || intended.length > 1_000',
    often: true,
    caught: 'stays open',
  },
  {
    what: 'a receiver that knows nothing again gets five copies',
    file: tell,
    from: 'const MOST_COPIES = 2',
    to: 'const MOST_COPIES = 5',
    often: true,
    caught: 'told [3-9] times',
  },
  {
    what: 'what comes in quiet hours is dropped',
    file: tell,
    from: '    if (at !== undefined) return defer(',
    to: "    if (at !== undefined) return 'deferred'\n    if (at !== undefined) return defer(",
    often: true,
    caught: 'never heard|did not hear',
  },
  {
    what: 'what waits for a place that was away comes by itself only',
    file: 'shared/notify/wake.ts',
    from: 'for (const { row, is, message } of waiting) {',
    to: 'for (const { row, is, message } of waiting.slice(9_999)) {',
    caught: 'did not hear',
  },
  {
    what: 'who asks for time is asked no more',
    file: notTaken,
    from: 'return defer(deps, message, key, { at: until, ',
    to: "if (until.getTime() > 0) return 'deferred'\n    return defer(deps, message, key, { at: until, ",
    often: true,
    caught: 'never heard|did not hear|stays open',
  },
  {
    what: 'a list that has shrunk to hardly any is believed',
    file: 'shared/config/remembered.ts',
    from: 'if (there * 2 < before.length && doubtedForMs < DOUBT_MS)',
    to: 'if (there * 2 < before.length && doubtedForMs < 0)',
    often: true,
    caught: 'although its cluster is there',
  },
  {
    what: 'a cluster that leaves keeps its incidents',
    file: 'shared/triage/close-unwatched.ts',
    from: 'for (const { incident } of items) await close',
    to: 'for (const { incident } of items.slice(0, 0)) await close',
    caught: 'although its cluster left',
  },
  {
    what: 'a cluster that leaves keeps its page that nobody watches it',
    file: 'shared/triage/watch-clusters.ts',
    from: "    if (row !== undefined && since === '') back.push(row)\n",
    to: "    if (row !== undefined && since === '' && requested) back.push(row)\n",
    caught: 'stays open',
  },
]
