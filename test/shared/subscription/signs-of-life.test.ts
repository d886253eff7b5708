import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { openSession } from '../../../shared/subscription/session.ts'
import { signsOfLife } from '../../../shared/subscription/signs-of-life.ts'
import { type Message, serverWith } from '../../hostile/stage.ts'

const pingMs = 20_000
const callMs = 15_000

/** A server that leaves some requests unanswered, and a clock that is moved by hand: only the calls take real time. */
async function asked() {
  let at = Date.parse('2026-11-28T03:00:00Z')
  let ignored: (message: Message) => boolean = () => false
  let refused: (message: Message) => boolean = () => false
  let streamSign = 0
  let doubts = 0
  const server = await serverWith({
    post: ({ message, json }) => {
      if (refused(message)) json(502, {})
      return refused(message) || ignored(message)
    },
  })
  const session = await openSession({
    ...{ endpoint: server.endpoint, headers: {}, callTimeoutMs: 1_000, signal: new AbortController().signal },
    ...{ onNotice: () => {}, onGarbage: () => {}, onStreamEnd: () => {} },
  })
  onTestFinished(() => session.close())
  const times = { pingMs, callMs, checkMs: 0, reconcileMs: 0, closeMs: 0, proveMs: 0, climbMs: 0, patrolMs: 0 }
  const life = signsOfLife(
    session,
    {
      clock: { now: () => new Date(at), sleep: systemClock.sleep },
      times: { ...times, backoff: { initialMs: 0, maxMs: 0 } },
    },
    {
      streamSign: () => streamSign,
      onDoubt: () => {
        doubts += 1
      },
    },
  )
  return {
    server,
    life,
    now: () => at,
    doubts: () => doubts,
    list: () => life.session.call('resources_list', { apiVersion: 'v1', kind: 'Pod' }),
    pass: (seconds: number) => {
      at += seconds * 1_000
    },
    ignore: (what: (message: Message) => boolean) => {
      ignored = what
    },
    refuse: (what: (message: Message) => boolean) => {
      refused = what
    },
    sign: () => {
      streamSign = at
    },
  }
}
const isPing = ({ method }: Message) => method === 'ping'

test('a ping that waits behind calls is no end as long as they are answered, however many', async () => {
  const { life, now, list, pass, refuse } = await asked()
  refuse(isPing)
  for (let at = 0; at < 6; at++) {
    pass(15)
    await list()
    expect(await life.check()).toMatch(/502/)
    expect(life.dueAt() - now()).toBe(pingMs - callMs)
  }
})

test('a server that is silent altogether is gone, whatever lists are under way', async () => {
  const { life, now, list, pass, ignore, server } = await asked()
  ignore(() => true)
  const under = list().catch((error: Error) => error.message)
  pass(19)
  expect(await life.check()).toMatch(/not answered/)
  // Asked again at once, so that it is known before forty seconds are over.
  expect(life.dueAt()).toBe(now())
  pass(2)
  await expect(life.check()).rejects.toThrow(/not answered/)
  expect(server.count('ping')).toBe(4)
  expect(await under).toMatch(/not answered/)
})

test('a call that is not answered has it asked at once', async () => {
  const { life, now, list, ignore, doubts } = await asked()
  expect(life.dueAt() - now()).toBe(pingMs)
  ignore(({ method }) => method === 'tools/call')
  await expect(list()).rejects.toThrow(/not answered/)
  expect(doubts()).toBe(1)
  expect(life.dueAt()).toBeLessThan(now())
  expect(await life.check()).toBe('')
  expect(life.dueAt() - now()).toBe(pingMs)
})

test('signs on a stream alone, which a proxy may make, excuse three pings', async () => {
  const { life, pass, refuse, sign } = await asked()
  refuse(isPing)
  for (let at = 0; at < 3; at++) {
    pass(10)
    sign()
    expect(await life.check()).toMatch(/502/)
  }
  pass(10)
  sign()
  await expect(life.check()).rejects.toThrow(/502/)
})

test('what refuses every ping at once is asked again after a pause, and is gone when its time is up', async () => {
  const { life, now, pass, refuse, server } = await asked()
  refuse(isPing)
  const began = now()
  let pings = 0
  pass(15)
  for (;;) {
    const over = await life.check().then(
      () => false,
      () => true,
    )
    pings += 1
    if (over) break
    expect(life.dueAt()).toBeGreaterThan(now())
    pass((life.dueAt() - now()) / 1_000)
  }
  expect(now() - began).toBe(pingMs)
  expect(pings).toBeLessThan(10)
  expect(server.count('ping')).toBe(pings)
})
