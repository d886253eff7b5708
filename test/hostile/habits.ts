import type { ServerResponse } from 'node:http'
import process from 'node:process'
import { expect, type TestContext } from 'vitest'
import { aFault, type House, until as untilWithin } from '../shared/subscription/supervised.ts'
import { casesIn } from './cases.ts'
import { LONGER, type Server } from './stage.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** What became of each habit that one test tried. */
    habits?: Outcome[]
  }
}
export type Outcome = { readonly name: string; readonly ms: number; readonly problem: string }

/** Other tests run beside these, on machines of all kinds. */
const PATIENCE_MS = 60_000
/** Of one test; all habits of a file may be in it. */
export const LIMIT_MS = 300_000 * (LONGER === 1 ? 1 : 12)

/** Longer than whatever the product waits for. */
const MOST_MS = 400_000

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms * LONGER))
export const until: typeof untilWithin = (what, holds, ms = 15_000) =>
  untilWithin(what, holds, Math.min(ms * LONGER, MOST_MS))
export const row = (home: House, name = 'east') => home.row(name)
export const isSubscribed =
  (home: House, name = 'east') =>
  () =>
    row(home, name).status === 'active' && row(home, name).source === 'subscribed'
export const subscribed = (home: House, name = 'east') =>
  until(`${name} is subscribed`, isSubscribed(home, name), PATIENCE_MS)
export const finds = (home: House, pod = 'web-1') =>
  until(`a resync finds ${pod}`, () => home.faults().some(({ resource }) => resource.name === pod), PATIENCE_MS)
export async function hears(home: House, server: Server): Promise<void> {
  const fault = aFault()
  await until('it is sent', () => server.emit(fault) > 0)
  await until('it is received', () => home.faults().some(({ faultId }) => faultId === fault.faultId), PATIENCE_MS)
}
/** As `hears`, after a cut: what is sent while its stream is opened again is found by lists, which have none of these. */
export async function hearsAgain(home: House, server: Server): Promise<void> {
  const sent = new Set<string>()
  await until(
    'one of those that are sent is received',
    async () => {
      const fault = aFault()
      if (server.emit(fault) > 0) sent.add(fault.faultId)
      await pause(500)
      return home.faults().some(({ faultId }) => sent.has(faultId))
    },
    PATIENCE_MS,
  )
}
export const oneSession = (server: Server) => expect(server.count('initialize')).toBe(1)
export const eventStream = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' })

/** A name begins with the ids of the cases it stands for: `S13: what came in a gap …`. */
export type Row = readonly [string, () => Promise<void>]
/** Most of each is waiting; more at once than this, and they would wait for each other. */
const AT_ONCE = LONGER === 1 ? 8 : 40

/** All, unless `npm run hostile` was given some by their ids. */
const meant = (process.env.HOSTILE_CASES ?? '').split(',').filter((one) => one !== '')
const isMeant = (name: string): boolean =>
  meant.length === 0 || casesIn(name).some((one) => meant.includes(one.replace(/ .*/, '')))

/** Each habit with a server and a supervisor of its own; what fails is said by its name. */
export async function inTurns({ task }: Pick<TestContext, 'task'>, rows: readonly Row[]): Promise<void> {
  const outcomes: Outcome[] = []
  task.meta.habits = outcomes
  const left = rows.filter(([name]) => isMeant(name))
  const one = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [name, act] = next
      const startedAt = performance.now()
      const problem = await act().then(
        () => '',
        (error: unknown) => String(error).slice(0, 600),
      )
      outcomes.push({ name, ms: performance.now() - startedAt, problem })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  expect(outcomes.flatMap(({ name, problem }) => (problem === '' ? [] : [`${name}: ${problem}`]))).toEqual([])
}
