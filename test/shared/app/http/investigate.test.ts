import { beforeEach, expect, test } from 'vitest'
import { type AskPlatform, investigate } from '../../../../shared/app/http/investigate.ts'
import { kubernetesMcp } from '../../../../shared/app/http/mcp.ts'
import { handleTriageMessage } from '../../../../shared/triage/handle-triage-message.ts'
import { memoryQueue } from '../../../fakes/memory-queue.ts'
import { ownDoor } from '../../../fakes/own-door.ts'
import { incident } from '../../report/sample.ts'
import { cluster, type World, world } from '../../triage/world.ts'

let there: World
let queue: ReturnType<typeof memoryQueue>
let platform: AskPlatform
beforeEach(() => {
  const quiet = cluster('quiet', { enabled: false })
  there = world({ clusters: [cluster('east'), quiet, cluster('gone', {}, { enabled: false })] })
  queue = memoryQueue(there.clock)
  const { store, clock, random, settings, cluster: byName } = there.deps
  platform = {
    store,
    clock,
    random,
    settings,
    cluster: byName,
    door: async () => ownDoor,
    storage: { queue: () => queue },
  }
})

const ask = (body: unknown) =>
  investigate(platform, { text: async () => (typeof body === 'string' ? body : JSON.stringify(body)) })

test('any object gets an incident, under the id that was answered', async () => {
  const answer = await ask({ cluster: 'east', kind: 'deploy', namespace: 'shop', name: 'checkout', note: 'slow' })
  expect(answer).toMatchObject({ status: 202, jsonBody: { known: false, status: 'open' } })
  for (const { id, body, dequeueCount } of queue.receive({ count: 9 }))
    await handleTriageMessage(there.deps)(JSON.parse(body), { id, dequeueCount })
  const { incidentId } = answer.jsonBody as { incidentId: string }
  const opened = await there.deps.store.byId(incidentId)
  expect(opened).toMatchObject({
    faultType: 'Asked',
    owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' },
  })
  expect(opened?.context).toContain('slow')
})

test('what is being looked at already is not asked twice, and a pod is its owner', async () => {
  await there.deps.store.insert(incident({ status: 'reported', reportedAt: '2026-01-12T09:41:08.000Z' }))
  const pod = await ask({ cluster: 'east', kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m' })
  expect(pod).toMatchObject({ status: 200, jsonBody: { known: true, incidentId: 'east.0123456789abcdef.1' } })
  expect(queue.messages).toEqual([])
})

test.each([
  ['{"cluster"', 400, 'no JSON'],
  [{ cluster: 'east', kind: 'Deployment', name: 'x' }, 400, 'namespace: is required for a Deployment'],
  [{ cluster: 'east', kind: 'Database', namespace: 'shop', name: 'x' }, 400, 'apiVersion'],
  [{ cluster: 'east', kind: 'Node', name: 'x', colour: 'red' }, 400, 'colour: is not a known key'],
  [{ cluster: 'north', kind: 'Node', name: 'x' }, 404, 'There is no cluster north'],
  [{ cluster: 'gone', kind: 'Node', name: 'x' }, 409, 'disabled'],
  [{ cluster: 'quiet', kind: 'Node', name: 'x' }, 409, 'Triage is off for cluster quiet'],
  [{ cluster: 'east', kind: 'Node', name: 'x', note: 'n'.repeat(30_000) }, 413, 'at most'],
])('%o is refused with what to do', async (body, status, said) => {
  const answer = await ask(body)
  expect(answer.status).toBe(status)
  expect((answer.jsonBody as { error: string }).error).toContain(said)
  expect(queue.messages).toEqual([])
})

test('a kind of the whole cluster needs no namespace, one of an operator its version', async () => {
  expect(await ask({ cluster: 'east', kind: 'no', namespace: 'x', name: 'w-1' })).toMatchObject({ status: 202 })
  const own = { cluster: 'east', kind: 'Database', apiVersion: 'example.com/v1', namespace: 'shop', name: 'orders' }
  expect(await ask(own)).toMatchObject({ status: 202 })
  const faults = queue.messages.flatMap(({ body }) => JSON.parse(body).faults)
  expect(faults[0].resource).toEqual({ apiVersion: 'v1', kind: 'Node', name: 'w-1' })
  expect(faults[1].resource).toMatchObject({ apiVersion: 'example.com/v1', kind: 'Database' })
})

test('a caller of the MCP door asks by a tool, and hears in words why not', async () => {
  const call = async (method: string, params: object) => {
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const surroundings = {
      clusters: { current: async () => ({ clusters: [] }) },
      secret: async () => Promise.reject(new Error('not asked')),
      clock: there.clock,
      cursorKey: async () => 'a key of this test',
    }
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
    const incoming = { method: 'POST', url: 'http://127.0.0.1/api/mcp', headers, text: async () => body }
    // The second part of what a real app hands in.
    return (await kubernetesMcp(surroundings as never, log as never, incoming, platform)).body
  }
  expect(await call('tools/list', {})).toContain('"incident_ask"')
  const asked = { cluster: 'east', kind: 'deploy', namespace: 'shop', name: 'checkout', note: 'slow' }
  expect(await call('tools/call', { name: 'incident_ask', arguments: asked })).toContain('is opened')
  expect(queue.messages).toHaveLength(1)
  const wrong = await call('tools/call', { name: 'incident_ask', arguments: { ...asked, cluster: 'north' } })
  expect(wrong).toContain('There is no cluster north')
})

test('again: the open incident gets another attempt, with the reason, and no second one is opened', async () => {
  const about = { cluster: 'east', kind: 'Deployment', namespace: 'shop', name: 'checkout' }
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' }
  const failed = incident({
    cluster: 'east',
    namespace: 'shop',
    owner,
    status: 'failed',
    failureReason: 'it ended',
    fence: 1,
  })
  const { store } = there.deps
  const stored = (await store.insert(failed))!
  const answer = await ask({ ...about, again: true, note: 'it only timed out' })
  expect(answer).toMatchObject({
    status: 202,
    jsonBody: { incidentId: failed.incidentId, status: 'queued', known: true },
  })
  const now = (await store.current(stored.incident.incidentId))!
  expect(now.incident).toMatchObject({ status: 'queued' })
  expect(now.incident.failureReason).toBeUndefined()
  expect(now.incident.steps.at(-1)!.note).toBe('Somebody wants it investigated again: it only timed out')
  expect(queue.receive({ count: 9 }).map(({ body }) => JSON.parse(body))).toMatchObject([{ type: 'wake' }])
  // It waits already.
  expect(await ask({ ...about, again: true })).toMatchObject({ status: 200, jsonBody: { known: true } })
})

test('again, where one object has two incidents, means the one whose agent failed', async () => {
  const about = { cluster: 'east', kind: 'Deployment', namespace: 'shop', name: 'cart' }
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'cart' }
  const of = (letter: string, status: 'failed' | 'reported') => {
    const identity = letter.repeat(16)
    const name = { cluster: 'east', namespace: 'shop', owner, identity, incidentId: `east.${identity}.1` }
    return incident({ ...name, status, fence: 1 })
  }
  for (const one of [of('a', 'reported'), of('b', 'failed')]) await there.deps.store.insert(one)
  const answer = await ask({ ...about, again: true })
  expect(answer).toMatchObject({ status: 202, jsonBody: { incidentId: of('b', 'failed').incidentId } })
})

test.each([
  [
    'muted',
    {
      status: 'reported',
      muted: { id: 'm', since: '2026-01-12T09:00:00.000Z', until: '2026-01-13T09:00:00.000Z', reason: 'r' },
    },
    'is muted',
  ],
  ['tried often', { status: 'reported', fence: 10 }, 'has had all its attempts'],
] as const)('again: one that is %s is not, and the answer says so', async (_, changes, says) => {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' }
  await there.deps.store.insert(incident({ cluster: 'east', namespace: 'shop', owner, ...changes }))
  const answer = await ask({ cluster: 'east', kind: 'Deployment', namespace: 'shop', name: 'checkout', again: true })
  expect(answer.status).toBe(409)
  expect(JSON.stringify(answer.jsonBody)).toContain(says)
})
