import { describe, expect, test, vi } from 'vitest'
import { Route } from '../../../shared/config/notifications.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import { NoticeMessage } from '../../../shared/incident/notices.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { breakerOf, type NotifyDeps } from '../../../shared/notify/deps.ts'
import { handleNotice } from '../../../shared/notify/handle-notice.ts'
import type { Delivered, Notice } from '../../../shared/notify/notice.ts'
import { Refused, Unsure } from '../../../shared/notify/refusal.ts'
import { targetOf } from '../../../shared/notify/route/routing.ts'
import { breakers } from '../../../shared/runtime/breaker.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../report/sample.ts'

type Sent = { readonly place: string; readonly notice: Notice; readonly told: Delivered }
const reportedIncident = (changes: Partial<Incident> = {}) =>
  incident({ status: 'reported', reportedAt: '2026-01-12T09:41:08.000Z', ...changes })
const message = (changes: Record<string, unknown> = {}): NoticeMessage =>
  NoticeMessage.parse({
    version: 1,
    id: 'reported:east.0123456789abcdef.1:1',
    at: '2026-01-12T09:41:08.000Z',
    type: 'incident',
    event: 'reported',
    incidentId: incident().incidentId,
    ...changes,
  })
const slack = targetOf({ slack: 'keyvault:ops' }).key
const teams = targetOf({ teams: 'keyvault:ops' }).key

/** The stage in memory: two places, a queue that keeps what is sent to it, and a clock by hand. */
async function setUp(given: { first?: Incident; routes?: readonly Record<string, unknown>[] } = {}) {
  let now = Date.parse('2026-01-12T09:41:10Z')
  const clock = { now: () => new Date(now), sleep: async () => {} }
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  await store.insert(given.first ?? reportedIncident())
  const control = memoryTable()
  const sent: Sent[] = []
  const later: { message: NoticeMessage; delaySeconds: number }[] = []
  const kept: string[] = []
  const behave = new Map<string, () => Promise<string | undefined>>()
  const log = createLog('fatal', () => {})
  const routes = (given.routes ?? [{ to: [{ slack: 'keyvault:ops' }, { teams: 'keyvault:ops' }] }]).map((one) =>
    Route.parse(one),
  )
  const deps: NotifyDeps = {
    store,
    readReport: async () => undefined,
    links: async (id) => ({ report: `https://reports.example/${id}`, feedback: undefined }),
    routing: async () => ({ routes, fallback: [{ key: 'slack', place: {} }] }),
    cluster: async () => ({ environment: '', labels: {} }),
    mutes: async () => [],
    open: async ({ key }) => ({
      takes: () => true,
      dedups: false,
      openedWith: key,
      send: async (notice, told) => {
        const answer = await behave.get(key)?.()
        sent.push({ place: key, notice, told })
        return answer
      },
    }),
    deadLetter: async ({ reason }) => {
      kept.push(reason)
      return `2026-01-12/${kept.length}.json`
    },
    control,
    breakers: breakers({ control, clock, random: () => 0.5, log, threshold: 3, openMs: 60_000, longestMs: 60_000 }),
    again: async (one, options) =>
      void later.push({ message: NoticeMessage.parse(one), delaySeconds: options?.delaySeconds ?? 0 }),
    clock,
    random: () => 0.5,
    log,
  }
  /** Lets the queue bring back what was put off, at its time. */
  const deliver = async () => {
    const [next] = later.splice(0, 1)
    if (next === undefined) throw new Error('nothing was put off')
    now += next.delaySeconds * 1000
    return handleNotice(deps)(next.message)
  }
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  return {
    deps,
    sent,
    kept,
    later,
    behave,
    control,
    store,
    deliver,
    pass,
    tell: (one = message()) => handleNotice(deps)(one),
  }
}

describe('a notice', () => {
  test('is told in each place of its route, once, however often its message comes', async () => {
    const { tell, sent, store } = await setUp()
    expect(await tell()).toEqual({ [slack]: 'sent', [teams]: 'sent' })
    expect(await tell()).toEqual({ [slack]: 'told-before', [teams]: 'told-before' })
    expect(sent.map(({ place }) => place)).toEqual([slack, teams])
    const { notices } = (await store.current(incident().incidentId))!.incident
    expect(notices[slack]).toMatchObject({ state: 'sent' })
  })

  test('whose message is delivered twice at the same time is told once', async () => {
    const { tell, sent, deliver, deps } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    const both = await Promise.all([tell(), handleNotice(deps)(message())])
    if (JSON.stringify(both).includes('deferred')) await deliver()
    expect(sent).toHaveLength(1)
  })

  test('that one place does not take does not wait for it in the others, and is tried there again', async () => {
    const { tell, sent, later, behave, deliver } = await setUp()
    behave.set(slack, async () => {
      throw new Error('it answered 500')
    })
    expect(await tell()).toEqual({ [slack]: 'failed', [teams]: 'sent' })
    expect(later).toMatchObject([{ message: { places: [slack], attempt: 1 }, delaySeconds: 32 }])
    behave.clear()
    expect(await deliver()).toEqual({ [slack]: 'sent' })
    expect(sent.map(({ place }) => place)).toEqual([teams, slack])
  })

  test('that a place does not take for a day ends as a dead letter, and its breaker is open', async () => {
    const { tell, later, behave, deliver, deps, kept } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    behave.set(slack, async () => {
      throw new Refused('away', 'it does not work now (503)')
    })
    await tell()
    let seconds = 0
    while (kept.length === 0 && later.length > 0) {
      seconds += later[0]?.delaySeconds ?? 0
      await deliver()
    }
    expect(kept).toEqual([expect.stringContaining('(503)')])
    expect(seconds).toBeGreaterThan(23 * 3_600)
    // What is left is to be told in the other place, that of what no route is for.
    expect(later).toMatchObject([{ message: { type: 'dead-letter', places: ['slack'] } }])
    expect((await deps.breakers.ask(breakerOf({ key: slack }))).go).toBe(false)
  })

  test('that is wrong by itself ends as a dead letter in three tries, told in the other place, and the rest flows on', async () => {
    const { tell, later, behave, deliver, deps, kept, sent } = await setUp()
    behave.set(slack, async () => {
      throw new Refused('message', 'it does not take this notice (400: invalid_blocks)')
    })
    await tell()
    await deliver()
    await deliver()
    expect(kept).toEqual([expect.stringContaining('invalid_blocks')])
    expect((await deps.breakers.ask(breakerOf({ key: slack }))).go).toBe(true)
    expect(later).toMatchObject([{ message: { type: 'dead-letter', places: [teams, 'slack'] } }])
    behave.clear()
    await deliver()
    expect(sent.at(-1)).toMatchObject({ place: teams, notice: { event: 'dead-letter' } })
    expect(await tell()).toEqual({ [slack]: 'told-before', [teams]: 'told-before' })
  })

  test('to a place with a wrong key waits at once, and goes out at once when the key is another', async () => {
    const { tell, later, behave, deps, sent } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    behave.set(slack, async () => {
      throw new Refused('place', 'there is no such place (404)')
    })
    expect(await tell()).toEqual({ [slack]: 'failed' })
    behave.clear()
    expect(await tell()).toEqual({ [slack]: 'deferred' })
    expect(sent).toEqual([])
    expect(later.at(-1)!.delaySeconds).toBeGreaterThan(50)
    const open: NotifyDeps['open'] = async (target) => ({ ...(await deps.open(target)), openedWith: 'another' })
    expect(await handleNotice({ ...deps, open })(message())).toEqual({ [slack]: 'sent' })
  })

  test('to a place that asks for time waits as long as it says, in every instance, and nothing counts as failed', async () => {
    const { tell, later, behave, deps, sent, deliver } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    behave.set(slack, async () => {
      throw new Refused('pace', 'it asks for time (429)', { retryAfterSeconds: 7_200 })
    })
    expect(await tell()).toEqual({ [slack]: 'deferred' })
    behave.clear()
    expect(await tell(message({ id: 'another' }))).toEqual({ [slack]: 'deferred' })
    expect(later.map(({ delaySeconds }) => delaySeconds >= 7_200)).toEqual([true, true])
    expect(sent).toEqual([])
    expect(await deps.breakers.ask(breakerOf({ key: slack }))).toEqual({ go: true, spotless: true })
    expect(await deliver()).toEqual({ [slack]: 'sent' })
  })

  test('is posted twice at most where nobody ever answers and copies cannot be told', async () => {
    const { tell, later, behave, deliver, kept } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    let posts = 0
    behave.set(slack, async () => {
      posts += 1
      throw new Unsure('no answer came')
    })
    await tell()
    while (later.length > 0) await deliver()
    expect(posts).toBe(2)
    expect(kept).toEqual([expect.stringContaining('may have it')])
  })

  test('waits without a try while the breaker of its place is open', async () => {
    const { tell, behave, later, sent, deps } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    for (let at = 0; at < 3; at++) await deps.breakers.failed(breakerOf({ key: slack }), 'no')
    behave.set(slack, async () => {
      throw new Error('must not be asked')
    })
    expect(await tell()).toEqual({ [slack]: 'deferred' })
    expect(later[0]?.delaySeconds).toBeGreaterThanOrEqual(60)
    expect(later[0]?.message.attempt).toBeUndefined()
    expect(sent).toEqual([])
  })

  test('in quiet hours is told at their end, each by itself, and none is lost', async () => {
    const quiet = { from: '09:00', to: '10:00', timezone: 'UTC' }
    const { tell, later, sent, deliver } = await setUp({
      routes: [{ quiet_hours: quiet, to: [{ slack: 'keyvault:ops' }] }, { to: [{ teams: 'keyvault:ops' }] }],
    })
    expect(await tell()).toEqual({ [slack]: 'deferred', [teams]: 'sent' })
    expect(sent.map(({ place }) => place)).toEqual([teams])
    expect(later[0]?.delaySeconds).toBeGreaterThanOrEqual(18 * 60 + 50)
    expect(await deliver()).toEqual({ [slack]: 'sent' })
  })

  test('that nobody answered for is told again, and the place is told that it may have it', async () => {
    const { tell, behave, deliver, sent } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    behave.set(slack, async () => {
      throw new Unsure('no answer came')
    })
    await tell()
    behave.clear()
    await deliver()
    expect(sent[0]?.told).toMatchObject({ unsure: true })
  })

  test('of a process that died while posting is taken over, but not before that post must be over', async () => {
    const { tell, behave, deliver, sent } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    let posting = false
    behave.set(slack, () => {
      posting = true
      return new Promise(() => {})
    })
    void tell()
    await vi.waitFor(() => expect(posting).toBe(true))
    behave.clear()
    for (let tries = 0; tries < 15; tries++)
      expect(await (tries === 0 ? tell() : deliver())).toEqual({ [slack]: 'deferred' })
    expect(await deliver()).toEqual({ [slack]: 'sent' })
    expect(sent[0]?.told.unsure).toBe(true)
  })

  test('that follows another of the same incident gets what the place answered then', async () => {
    const { tell, behave, sent, store } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    behave.set(slack, async () => 'C1 123.4')
    await tell()
    const stored = (await store.current(incident().incidentId))!
    await store.move(stored, 'resolved', { at: new Date('2026-01-12T10:00:00Z'), note: 'quiet' })
    await tell(message({ id: 'resolved:x', event: 'resolved' }))
    expect(sent[1]).toMatchObject({ notice: { event: 'resolved' }, told: { ref: 'C1 123.4' } })
  })
})

describe('what a message announces', () => {
  test('is told only when it came about', async () => {
    const { tell, later, sent, deliver, store } = await setUp()
    await tell()
    await tell(message({ id: 'resolved:x', event: 'resolved' }))
    expect(later).toMatchObject([{ delaySeconds: 10 }])
    const stored = (await store.current(incident().incidentId))!
    await store.move(stored, 'resolved', { at: new Date('2026-01-12T10:00:00Z'), note: 'quiet' })
    await deliver()
    expect(sent.map(({ notice }) => notice.kind === 'incident' && notice.event)).toEqual([
      'reported',
      'reported',
      'resolved',
      'resolved',
    ])
  })

  test('and did not come about is forgotten after two minutes', async () => {
    const { tell, later, pass } = await setUp()
    pass(121)
    await tell(message({ id: 'resolved:x', event: 'resolved' }))
    expect(later).toEqual([])
  })

  test('that an incident is over is told only where somebody heard of it', async () => {
    const { tell, sent } = await setUp({ first: reportedIncident({ status: 'resolved' }) })
    expect(await tell(message({ id: 'resolved:x', event: 'resolved' }))).toEqual({})
    expect(sent).toEqual([])
  })

  test('of an incident that nobody knows is nothing', async () => {
    const { tell } = await setUp()
    expect(await tell(message({ incidentId: 'east.ffffffffffffffff.1' }))).toEqual({})
  })
})

test('that a place does not work is not told in that place', async () => {
  const { tell, sent } = await setUp()
  const degraded = {
    ...{ version: 1, id: 'degraded:x:1', at: '2026-01-12T09:41:08.000Z', type: 'degraded' },
    ...{ what: breakerOf({ key: slack }), failures: 3, since: '2026-01-12T09:40:00.000Z', reasons: [] },
  }
  await tell(NoticeMessage.parse(degraded))
  expect(sent.map(({ place }) => place)).toEqual([teams])
})

test.each([
  ['hello', 'queue notices cannot be read'],
  [{ version: 2, type: 'surprise' }, 'written by a newer Nightcrier (version 2, this one reads 1)'],
])('what is no notice goes back to the queue, in one sentence: %j', async (body, words) => {
  const { deps } = await setUp()
  const refused = await handleNotice(deps)(body).catch((error: unknown) => error)
  expect(refused).not.toBeInstanceOf(GiveUp)
  expect(String(refused)).toContain(words)
})

test('rows that nobody asks for any more are forgotten, the others stay', async () => {
  const { tell, control, deps, pass } = await setUp()
  await tell()
  pass(91 * 86_400)
  const at = '2026-04-14T00:00:00.000Z'
  const about = { type: 'dead-letter', queue: 'faults', reason: 'x', blob: 'y', id: 'dead', at, version: 1 }
  await handleNotice({ ...deps, random: () => 0 })(NoticeMessage.parse(about))
  const kept = control.rows().filter(({ partition }) => partition === 'notices')
  expect(kept.map(({ key }) => key.slice(0, 10))).toEqual(['2026-04-14', '2026-04-14'])
})
