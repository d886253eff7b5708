import { expect, test } from 'vitest'
import { Route } from '../../../shared/config/notifications.ts'
import { NoticeMessage } from '../../../shared/incident/notices.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import type { NotifyDeps } from '../../../shared/notify/deps.ts'
import { handleNotice } from '../../../shared/notify/handle-notice.ts'
import { breakers } from '../../../shared/runtime/breaker.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import type { Table } from '../../../shared/runtime/table.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../report/sample.ts'

const message = NoticeMessage.parse({
  version: 1,
  id: 'reported:east.0123456789abcdef.1:1',
  at: '2026-01-12T09:41:08.000Z',
  type: 'incident',
  event: 'reported',
  incidentId: incident().incidentId,
})

/**
 * The stage in a process that dies at its n-th call to the outside, before or after that call has its effect; then the
 * queue delivers again, as it does, to processes that live. Answers how often each place got the notice.
 */
async function killedAt(call: number, when: 'before' | 'after', change: (table: Table) => Table = (table) => table) {
  let now = Date.parse('2026-01-12T09:41:10Z')
  let calls = 0
  let mortal = true
  const guard =
    <A extends unknown[], R>(act: (...input: A) => Promise<R>) =>
    async (...input: A): Promise<R> => {
      if (!mortal) return act(...input)
      calls += 1
      if (calls > call || (calls === call && when === 'before')) throw new Error('killed')
      const result = await act(...input)
      if (calls >= call) throw new Error('killed')
      return result
    }
  const guarded = (table: Table): Table => ({
    ...table,
    get: guard(table.get),
    insert: guard(table.insert),
    replace: guard(table.replace),
  })
  const clock = { now: () => new Date(now), sleep: async () => {} }
  const log = createLog('fatal', () => {})
  const control = change(guarded(memoryTable()))
  const store = incidentStore({ incidents: guarded(memoryTable()), history: memoryTable() })
  mortal = false
  await store.insert(incident({ status: 'reported', reportedAt: '2026-01-12T09:41:08.000Z' }))
  mortal = true
  const posts = new Map<string, number>()
  let waiting: NoticeMessage[] = []
  const routes = [Route.parse({ to: [{ slack: 'keyvault:a' }, { teams: 'keyvault:b' }] })]
  const deps: NotifyDeps = {
    store,
    readReport: guard(async () => undefined),
    links: async () => ({ report: undefined, feedback: undefined }),
    routing: guard(async () => ({ routes, fallback: [] })),
    cluster: async () => undefined,
    mutes: async () => [],
    open: async ({ key }) => ({
      takes: () => true,
      dedups: true,
      openedWith: key,
      send: guard(async () => {
        posts.set(key, (posts.get(key) ?? 0) + 1)
        return undefined
      }),
    }),
    deadLetter: async () => 'kept',
    control,
    breakers: breakers({ control, clock, random: () => 0.5, log, threshold: 3, openMs: 1_000, longestMs: 1_000 }),
    again: guard(async (one) => void waiting.push(one)),
    clock,
    random: () => 0.5,
    log,
  }
  await handleNotice(deps)(message).catch(() => {})
  const died = calls >= call
  mortal = false
  // The message that was not finished, and what was put off.
  waiting = died ? [message, ...waiting] : waiting
  for (let delivery = 0; delivery < 30 && waiting.length > 0; delivery++) {
    const [next, ...rest] = waiting
    waiting = rest
    now += 200_000
    if (next !== undefined) await handleNotice(deps)(next)
  }
  return { posts: [...posts.values()], places: posts.size, died, waiting: waiting.length }
}

test('killed at any call, it tells every place, and twice only where the post itself was cut', async () => {
  let twice = 0
  let runs = 0
  for (const when of ['before', 'after'] as const) {
    for (let call = 1; ; call++) {
      const { posts, places, died, waiting } = await killedAt(call, when)
      if (!died) break
      runs += 1
      expect({ call, when, places, waiting }).toEqual({ call, when, places: 2, waiting: 0 })
      expect(Math.max(...posts)).toBeLessThanOrEqual(2)
      twice += posts.filter((count) => count > 1).length
    }
  }
  expect(runs).toBeGreaterThan(30)
  // After the post and before our note of it: at the post, at reading the row again, and at writing it; in both places at
  // once, since they are told at the same time.
  expect(twice).toBeLessThanOrEqual(2 * 2 * 4)
})

test('without the intent the same check finds notices told twice that need not be', async () => {
  const forgetful = (table: Table): Table => ({
    ...table,
    // The row is written, but as if nothing had been told: what a ledger without its "done" would be.
    replace: (row, fields) =>
      table.replace(row, 'done' in fields ? { ...fields, done: '[]', state: 'pending' } : fields),
  })
  let twice = 0
  for (let call = 1; ; call++) {
    const { posts, died } = await killedAt(call, 'after', forgetful)
    if (!died) break
    twice += posts.filter((count) => count > 1).length
  }
  expect(twice).toBeGreaterThan(8)
})
