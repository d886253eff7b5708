import { describe, expect, test } from 'vitest'
import { Route } from '../../../shared/config/notifications.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import { NoticeMessage } from '../../../shared/incident/notices.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { breakerOf, handleNotice, type NotifyDeps } from '../../../shared/notify/handle-notice.ts'
import { type Notice, type Told, Unsure } from '../../../shared/notify/notice.ts'
import { targetOf } from '../../../shared/notify/route/routing.ts'
import { breakers } from '../../../shared/runtime/breaker.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../report/sample.ts'

type Sent = { readonly place: string; readonly notice: Notice; readonly told: Told }
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
    open: async ({ key }) => ({
      takes: () => true,
      send: async (notice, told) => {
        const answer = await behave.get(key)?.()
        sent.push({ place: key, notice, told })
        return answer
      },
    }),
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
    await Promise.all([tell(), handleNotice(deps)(message())])
    await deliver()
    expect(sent).toHaveLength(1)
  })

  test('that one place does not take does not wait for it in the others, and is tried there again', async () => {
    const { tell, sent, later, behave, deliver } = await setUp()
    behave.set(slack, async () => {
      throw new Error('it answered 500')
    })
    expect(await tell()).toEqual({ [slack]: 'failed', [teams]: 'sent' })
    expect(later).toMatchObject([{ message: { places: [slack], attempt: 1 }, delaySeconds: 30 }])
    behave.clear()
    expect(await deliver()).toEqual({ [slack]: 'sent' })
    expect(sent.map(({ place }) => place)).toEqual([teams, slack])
  })

  test('that a place never takes ends as a dead letter, after hours, and opens its breaker', async () => {
    const { tell, later, behave, deliver, deps, pass } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    behave.set(slack, async () => {
      throw new Error('it answered 404: no_service')
    })
    await tell()
    let seconds = 0
    let failure: unknown
    for (let step = 0; step < 30 && failure === undefined; step++) {
      seconds += later[0]?.delaySeconds ?? 0
      await deliver().catch((error: unknown) => {
        failure = error
      })
      pass(1)
    }
    expect(String(failure)).toContain('did not take notice')
    expect(seconds).toBeGreaterThan(2 * 3_600)
    expect((await deps.breakers.ask(breakerOf({ key: slack }))).go).toBe(false)
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
    const { tell, behave, deliver, sent, later } = await setUp({ routes: [{ to: [{ slack: 'keyvault:ops' }] }] })
    behave.set(slack, () => new Promise(() => {}))
    void tell()
    await new Promise((resolve) => setTimeout(resolve, 20))
    behave.clear()
    expect(await tell()).toEqual({ [slack]: 'deferred' })
    expect(later[0]?.delaySeconds).toBeGreaterThanOrEqual(180)
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
    await tell(message({ id: 'resolved:x', event: 'resolved' }))
    expect(later).toMatchObject([{ delaySeconds: 10 }])
    const stored = (await store.current(incident().incidentId))!
    await store.move(stored, 'resolved', { at: new Date('2026-01-12T10:00:00Z'), note: 'quiet' })
    await tell()
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
    expect(await tell(message({ id: 'resolved:x', event: 'resolved' }))).toEqual({
      [slack]: 'not-wanted',
      [teams]: 'not-wanted',
    })
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

test('something that is no notice is refused in one sentence', async () => {
  const { deps } = await setUp()
  await expect(handleNotice(deps)('hello')).rejects.toThrow(/no notice/)
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
