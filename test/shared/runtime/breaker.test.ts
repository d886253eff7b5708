import { expect, test } from 'vitest'
import { type BreakerChange, breakers } from '../../../shared/runtime/breaker.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

function setUp(changes: { onChange?: (change: BreakerChange) => Promise<void> } = {}) {
  let now = Date.parse('2026-01-12T09:00:00Z')
  const told: BreakerChange[] = []
  const control = memoryTable()
  const breaker = breakers({
    control,
    clock: { now: () => new Date(now), sleep: async () => {} },
    random: () => 0.5,
    log: createLog('fatal', () => {}),
    threshold: 3,
    openMs: 60_000,
    longestMs: 200_000,
    onChange: changes.onChange ?? (async (change) => void told.push(change)),
  })
  const fail = async (times: number) => {
    for (let at = 1; at <= times; at++) await breaker.failed('slack', `no ${at}`)
  }
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  return { breaker, control, told, fail, pass }
}

test('below the threshold nothing changes, and a success forgets the failures', async () => {
  const { breaker, told, fail } = setUp()
  await fail(2)
  await breaker.succeeded('slack')
  await fail(2)
  expect(await breaker.ask('slack')).toEqual({ go: true, spotless: false })
  expect(told).toEqual([])
})

test('the threshold opens it: told once, with when it began and what went wrong', async () => {
  const { breaker, told, fail } = setUp()
  await fail(4)
  expect(await breaker.ask('slack')).toEqual({ go: false, retryAt: new Date('2026-01-12T09:02:00Z') })
  expect(told).toEqual([
    {
      to: 'degraded',
      name: 'slack',
      opening: 1,
      failures: 3,
      since: '2026-01-12T09:00:00.000Z',
      reasons: ['no 1', 'no 2', 'no 3'].map((text) => ({ at: '2026-01-12T09:00:00.000Z', text })),
      retryAt: '2026-01-12T09:01:00.000Z',
    },
  ])
})

test('half open, exactly one of many askers may try', async () => {
  const { breaker, fail, pass } = setUp()
  await fail(3)
  pass(61)
  expect((await breaker.state('slack')).now).toBe('half-open')
  const answers = await Promise.all(Array.from({ length: 10 }, () => breaker.ask('slack')))
  expect(answers.filter(({ go }) => go)).toHaveLength(1)
})

test('a probe of which nothing is heard gives way to the next one', async () => {
  const { breaker, fail, pass } = setUp()
  await fail(3)
  pass(61)
  expect((await breaker.ask('slack')).go).toBe(true)
  pass(30)
  expect((await breaker.ask('slack')).go).toBe(false)
  pass(31)
  expect((await breaker.ask('slack')).go).toBe(true)
})

test('each failed probe doubles the wait, up to the longest', async () => {
  const { breaker, fail, pass } = setUp()
  await fail(3)
  const waits: number[] = []
  for (let probe = 0; probe < 3; probe++) {
    pass(300)
    const before = await breaker.ask('slack')
    expect(before.go).toBe(true)
    await fail(1)
    const { retryAt } = await breaker.state('slack')
    waits.push((Date.parse(retryAt) - (Date.parse('2026-01-12T09:00:00Z') + (probe + 1) * 300_000)) / 1000)
  }
  expect(waits).toEqual([120, 200, 200])
})

test('a success after it was open closes it, and is told with all that was', async () => {
  const { breaker, told, fail, pass } = setUp()
  await fail(3)
  pass(61)
  await breaker.ask('slack')
  await breaker.succeeded('slack')
  expect(told[1]).toMatchObject({ to: 'recovered', opening: 1, failures: 3, since: '2026-01-12T09:00:00.000Z' })
  expect(await breaker.state('slack')).toMatchObject({ now: 'closed', failures: 0, reasons: [], untold: '' })
  await fail(3)
  expect(told[2]).toMatchObject({ to: 'degraded', opening: 2, failures: 3 })
})

test('a change that could not be told is told with the next failure or success, under the same name', async () => {
  const told: BreakerChange[] = []
  let broken = true
  const { fail } = setUp({
    onChange: async (change) => {
      if (broken) throw new Error('no queue')
      told.push(change)
    },
  })
  await fail(3)
  expect(told).toEqual([])
  broken = false
  await fail(1)
  expect(told).toMatchObject([{ to: 'degraded', opening: 1 }])
})

test('at most five reasons are kept, the last ones', async () => {
  const { breaker, fail } = setUp()
  await fail(9)
  expect((await breaker.state('slack')).reasons.map(({ text }) => text)).toEqual([
    'no 5',
    'no 6',
    'no 7',
    'no 8',
    'no 9',
  ])
})

test('the usual case, a success of what works, writes nothing', async () => {
  const { breaker, control } = setUp()
  await breaker.ask('slack')
  await breaker.succeeded('slack')
  expect(control.rows()).toEqual([])
})

test('failures counted by many at once are all counted, and it opens once', async () => {
  const { breaker, told } = setUp()
  await Promise.all(Array.from({ length: 8 }, (_, at) => breaker.failed('slack', `no ${at}`)))
  expect((await breaker.state('slack')).failures).toBe(8)
  expect(new Set(told.map(({ opening, to }) => `${to} ${opening}`))).toEqual(new Set(['degraded 1']))
})
