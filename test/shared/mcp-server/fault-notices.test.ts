import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { FaultNotice } from '../../../shared/faults/fault.ts'
import { createRecentNotices } from '../../../shared/mcp-server/faults/recent-notices.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { crashLooping, deployment, node, replicaSet, running, webPod } from './pods.ts'
import { caller, east, fast, pause, second, simulated, until } from './setup.ts'

const healthy = [node, deployment, replicaSet, webPod('p-1', running)]
const broken = [node, deployment, replicaSet, webPod('p-1', crashLooping)]
const idOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
const faults = (notices: readonly { logger?: string | undefined; data: Record<string, unknown> }[]) =>
  notices.filter(({ logger }) => logger === 'kubernetes/faults').map(({ data }) => data)

test('a crash loop that appears is told exactly once, with the fields that known clients read and ours', async () => {
  const { simulator, call, notices } = await east({ objects: healthy })
  const { structured } = await call('events_subscribe', { mode: 'faults' })
  await pause(60)
  expect(notices).toEqual([])
  simulator.apply([webPod('p-1', crashLooping)])
  await until(() => notices.length > 0, 'a notice')
  simulator.apply([webPod('p-1', { ...crashLooping, restartCount: 5 })])
  await pause(80)
  expect(notices).toEqual([
    {
      level: 'warning',
      logger: 'kubernetes/faults',
      data: {
        subscriptionId: structured.subscriptionId,
        cluster: 'east',
        faultId: idOf('east:CrashLoop:p-1:web'),
        faultType: 'CrashLoop',
        severity: 'critical',
        resource: { apiVersion: 'v1', kind: 'Pod', name: 'web-6bf586c785-chf5m', namespace: 'shop', uid: 'p-1' },
        context:
          'Container entered CrashLoopBackOff state, restart count: 4, waiting message: back-off 1m20s restarting failed container=web, last exit code: 1, last reason: Error',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop', uid: 'd-1' },
        node: 'n1',
        container: 'web',
        image: 'shop/web:2',
        harm: '0 of 1 ready',
        mark: 'exit 1 of 6bf586c785',
      },
    },
  ])
  expect(FaultNotice.safeParse(notices[0]?.data).success).toBe(true)
})

test('a fault that is there already is told to whoever subscribes, each once, from one watch', async () => {
  const { simulator, api } = await simulated({ objects: broken })
  const targets = targetsOf([{ name: 'east', api }])
  const { mcp, call, notices } = await caller({ targets })
  await call('events_subscribe', { mode: 'faults' })
  await until(() => notices.length === 1, 'the first notice')
  await call('events_subscribe', { mode: 'faults' })
  await until(() => notices.length === 2, 'the second notice')
  await pause(60)
  expect(faults(notices).map((fault) => fault.faultId)).toEqual(Array(2).fill(idOf('east:CrashLoop:p-1:web')))
  expect(mcp.hub.watches()).toBe(1)
  const podWatches = simulator.calls.filter(({ path }) => path.startsWith('/api/v1/pods?') && path.includes('watch='))
  expect(podWatches.length).toBeLessThanOrEqual(1)
})

test('who does not want current faults is told only of new ones', async () => {
  const { simulator, call, notices } = await east({ objects: broken })
  await call('events_subscribe', { mode: 'faults', includeCurrent: false })
  await pause(80)
  expect(notices).toEqual([])
  simulator.apply([webPod('p-2', crashLooping, { name: 'web-6bf586c785-zzzzz' })])
  await until(() => notices.length === 1, 'a notice')
  expect(faults(notices)[0]?.resource).toMatchObject({ uid: 'p-2' })
})

test('a fault that is over is told as resolved, with the same id: when it stays away, and at once when its object is gone', async () => {
  const { simulator, call, notices } = await east({ objects: broken })
  await call('events_subscribe', { mode: 'faults' })
  await until(() => notices.length === 1, 'the fault')
  simulator.apply([webPod('p-1', running)])
  await until(() => notices.length === 2, 'its end')
  expect(faults(notices)[1]).toMatchObject({ faultId: faults(notices)[0]?.faultId, resolved: true })
  simulator.apply([webPod('p-1', crashLooping)])
  await until(() => notices.length === 3, 'the fault again')
  simulator.remove({ kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m' })
  await until(() => notices.length === 4, 'its end')
  expect(faults(notices)[3]).toMatchObject({ resolved: true })
})

test('a moment between two crashes is no end of the fault', async () => {
  const { simulator, call, notices } = await east({ objects: broken }, { times: { ...fast, resolveAfterMs: 60_000 } })
  await call('events_subscribe', { mode: 'faults' })
  await until(() => notices.length === 1, 'the fault')
  simulator.apply([webPod('p-1', running)])
  await pause(100)
  simulator.apply([webPod('p-1', crashLooping)])
  await pause(100)
  expect(notices).toHaveLength(1)
})

test('after unsubscribe nothing comes, the watch ends, and a second unsubscribe is no error', async () => {
  const { simulator, call, notices, mcp } = await east({ objects: healthy })
  const { structured } = await call('events_subscribe', { mode: 'faults' })
  const { subscriptionId } = structured
  expect((await call('events_list_subscriptions')).structured).toMatchObject({ total: 1 })
  const first = await call('events_unsubscribe', { subscriptionId })
  expect(first.text).toBe(
    `# Subscription Cancelled\n\n${JSON.stringify({ cancelled: true, status: 'success', subscriptionId }, null, 2)}`,
  )
  expect(mcp.hub.watches()).toBe(0)
  simulator.apply([webPod('p-1', crashLooping)])
  await pause(60)
  expect(notices).toEqual([])
  expect((await call('events_unsubscribe', { subscriptionId })).isError).toBe(false)
  expect(await call('events_unsubscribe', { subscriptionId: 'sub-00000000' })).toMatchObject({
    isError: true,
    text: 'failed to cancel subscription: subscription not found',
  })
})

test('kinds that may not be listed are named in the answer, and the others are watched', async () => {
  const { call, notices } = await east({
    objects: broken,
    access: [
      { verb: 'list', resource: 'nodes' },
      { verb: 'list', resource: 'jobs' },
    ],
  })
  const { structured, isError } = await call('events_subscribe', { mode: 'faults' })
  expect(isError).toBe(false)
  const hidden = structured.notVisible
  expect(hidden.map(({ kind }) => kind).sort()).toEqual(['Job', 'Node'])
  expect(hidden[0]?.reason).toMatch(/403/)
  await until(() => notices.length === 1, 'the fault')
})

test('the answer to subscribe is worded as known clients expect it', async () => {
  const { call } = await east({ objects: healthy })
  const { text, structured } = await call('events_subscribe', { mode: 'faults', namespaces: ['shop'] })
  const { subscriptionId, createdAt } = structured
  expect(subscriptionId).toMatch(/^sub-[0-9a-f]{8}$/)
  const json = {
    cluster: 'east',
    createdAt,
    filters: { namespaces: ['shop'] },
    mode: 'faults',
    status: 'active',
    subscriptionId,
  }
  expect(text).toBe(
    `# Event Subscription Created\n\n${JSON.stringify(json, null, 2)}\n\nYou will receive event notifications via the logging/message protocol.`,
  )
})

test.each([
  [{ namespaces: ['other'] }, 0],
  [{ namespaces: ['shop'] }, 1],
  [{ labelSelector: 'app in (web, api),!canary' }, 1],
  [{ labelSelector: 'app!=web' }, 0],
  [{ involvedKind: 'Node' }, 0],
  [{ reason: 'Crash' }, 1],
])('filters work: %o lets %i through', async (filter, expected) => {
  const { simulator, call, notices } = await east({ objects: broken })
  await call('events_subscribe', { mode: 'faults', ...filter })
  await pause(80)
  expect(notices).toHaveLength(expected)
  simulator.remove({ kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m' })
  await pause(80)
  expect(notices).toHaveLength(2 * expected)
})

test.each([
  [{ mode: 'all' }, "failed to create subscription: invalid mode: must be 'events' or 'faults'"],
  [{ mode: 'faults', type: 'Normal' }, 'invalid subscription filters: faults mode cannot filter for Normal events'],
  [
    { mode: 'events', type: 'Odd' },
    "invalid subscription filters: invalid type: must be 'Normal', 'Warning', or empty",
  ],
  [{ mode: 'faults', labelSelector: 'a=b=c' }, 'invalid subscription filters: invalid label selector: a=b=c'],
])('a wrong subscription is refused in the known words: %o', async (args, text) => {
  const { call, mcp } = await east({ objects: [] })
  expect(await call('events_subscribe', args)).toMatchObject({ isError: true, text })
  expect(mcp.total.count).toBe(0)
  expect(mcp.hub.watches()).toBe(0)
})

test('the eleventh subscription of a session is refused', async () => {
  const { call, mcp } = await east({ objects: [] })
  for (let count = 0; count < 10; count += 1) await call('events_subscribe', { mode: 'faults' })
  expect((await call('events_subscribe', { mode: 'faults' })).text).toBe(
    'failed to create subscription: session has reached maximum subscriptions (10)',
  )
  expect(mcp.hub.watches()).toBe(1)
})

test('events are told as they come, in the known form, and only those that fit', async () => {
  const { simulator, call, notices } = await east({ objects: healthy })
  const { structured } = await call('events_subscribe', { mode: 'events', type: 'Warning' })
  const event = (name: string, type: string) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'shop' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: 'shop', uid: 'p-1' },
    type,
    reason: 'BackOff',
    message: 'Back-off restarting failed container web with password hunter2',
    count: 7,
    firstTimestamp: '2025-12-20T13:58:01Z',
    lastTimestamp: '2025-12-20T14:02:50Z',
  })
  simulator.apply([event('a', 'Normal'), event('b', 'Warning')])
  await until(() => notices.length > 0, 'an event')
  await pause(30)
  expect(notices).toEqual([
    {
      level: 'info',
      logger: 'kubernetes/events',
      data: {
        subscriptionId: structured.subscriptionId,
        cluster: 'east',
        event: {
          namespace: 'shop',
          timestamp: '2025-12-20T14:02:50Z',
          type: 'Warning',
          reason: 'BackOff',
          message: 'Back-off restarting failed container web with password ‹redacted›',
          involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: 'shop', uid: 'p-1' },
          count: 7,
          firstTimestamp: '2025-12-20T13:58:01Z',
          lastTimestamp: '2025-12-20T14:02:50Z',
        },
      },
    },
  ])
})

test('what happens while watches are cut, expired or refused is told afterwards', async () => {
  const { simulator, call, notices } = await east({ objects: healthy })
  await call('events_subscribe', { mode: 'faults' })
  simulator.drop()
  simulator.compact()
  simulator.failNext(20, 500)
  simulator.apply([webPod('p-1', crashLooping)])
  await until(() => notices.length === 1, 'the notice')
  simulator.expireWatches()
  simulator.apply([webPod('p-2', crashLooping, { name: 'web-6bf586c785-zzzzz' })])
  await until(() => notices.length === 2, 'the second notice')
  await pause(60)
  expect(notices).toHaveLength(2)
})

test('a cluster that is away for long makes the subscription degraded, told once, until it is back', async () => {
  const { simulator, call, notices } = await east({ objects: broken })
  await call('events_subscribe', { mode: 'faults', includeCurrent: false })
  simulator.failNext(100_000, 500)
  simulator.drop()
  await until(() => notices.length > 0, 'the notice')
  await pause(100)
  expect(notices).toMatchObject([
    { level: 'warning', logger: 'kubernetes/subscription_error', data: { cluster: 'east', degraded: true } },
  ])
  expect((await call('events_list_subscriptions')).text).toContain('"degraded": true')
  simulator.failNext(0, 500)
  const degraded = async () => (await call('events_list_subscriptions')).text.includes('"degraded": true')
  for (let tries = 0; tries < 100 && (await degraded()); tries += 1) await pause(20)
  expect(await degraded()).toBe(false)
})

test('a cluster that does not answer delays neither the subscribe to it for long, nor another cluster', async () => {
  const slow = await simulated({ objects: broken })
  const good = await simulated({ objects: broken })
  slow.simulator.pause()
  const { call, notices } = await caller({
    targets: targetsOf([
      { name: 'slow', api: slow.api },
      { name: 'good', api: good.api },
    ]),
  })
  const began = Date.now()
  const hung = call('events_subscribe', { cluster: 'slow', mode: 'faults' })
  expect((await call('pods_list', { cluster: 'good' })).isError).toBe(false)
  await call('events_subscribe', { cluster: 'good', mode: 'faults' })
  await until(() => notices.length === 1, 'the notice of the good one')
  expect(Date.now() - began).toBeLessThan(2_000)
  const { structured } = await hung
  expect(Date.now() - began).toBeLessThan(3_000)
  expect(structured.notVisible).toContainEqual({ kind: 'Pod', reason: 'no answer yet' })
  slow.simulator.resume()
})

test('who comes back is told with `since` what was told meanwhile, once, and whether that is all', async () => {
  const { simulator, api } = await simulated({ objects: healthy })
  const targets = targetsOf([{ name: 'east', api }])
  const { mcp, call, notices } = await caller({ targets })
  await call('events_subscribe', { mode: 'faults' })
  const left = new Date().toISOString()
  simulator.apply([webPod('p-1', crashLooping), webPod('p-9', crashLooping, { name: 'web-6bf586c785-short' })])
  await until(() => notices.length === 2, 'the faults')
  simulator.remove({ kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-short' })
  await until(() => notices.length === 3, 'the end of one')

  const back = await second(mcp)
  const { structured } = await back.call('events_subscribe', { mode: 'faults', since: left })
  await until(() => back.notices.length === 3, 'the replay')
  await pause(80)
  const told = faults(back.notices).map(({ faultId, resolved }) => [faultId, resolved === true])
  expect(told).toEqual(faults(notices).map(({ faultId, resolved }) => [faultId, resolved === true]))
  expect(structured).toMatchObject({ replay: { notices: 3, complete: true } })

  const early = await second(mcp)
  const long = await early.call('events_subscribe', { mode: 'faults', since: '2026-01-01T00:00:00Z' })
  expect(long.structured).toMatchObject({ replay: { notices: 3, complete: false } })
  expect((await early.call('events_subscribe', { mode: 'faults', since: 'yesterday' })).isError).toBe(true)
})

test('what is replayed passes the same filters', async () => {
  const { simulator, api } = await simulated({ objects: healthy })
  const { mcp, call, notices } = await caller({ targets: targetsOf([{ name: 'east', api }]) })
  await call('events_subscribe', { mode: 'faults' })
  const since = new Date(Date.now() - 1_000).toISOString()
  simulator.apply([webPod('p-1', crashLooping)])
  await until(() => notices.length === 1, 'the fault')
  for (const [filter, count] of [
    [{ namespaces: ['shop'] }, 1],
    [{ namespaces: ['other'] }, 0],
    [{ labelSelector: 'app=web' }, 1],
    [{ labelSelector: 'app!=web' }, 0],
    [{ reason: 'Crash' }, 1],
    [{ reason: 'Image' }, 0],
    [{ involvedKind: 'Node' }, 0],
  ] as const) {
    const back = await second(mcp)
    const { structured } = await back.call('events_subscribe', { mode: 'faults', since, ...filter })
    expect(structured, JSON.stringify(filter)).toMatchObject({ replay: { notices: count } })
    await pause(50)
    expect(back.notices).toHaveLength(count)
  }
})

test('of thousands of notices the newest are kept, and it is said that others are gone', () => {
  const recent = createRecentNotices()
  recent.begin(new Date(0))
  const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' } }
  for (let at = 1; at <= 3_000; at += 1) recent.note({ at: new Date(at), event })
  expect(recent.since(new Date(0))).toHaveLength(500)
  expect(recent.coveredFrom()).toEqual(new Date(2_501))
})
