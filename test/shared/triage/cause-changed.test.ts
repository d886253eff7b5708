import { expect, test } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { fault, message, type World, world } from './world.ts'

const once = (id: string) => ({ id, dequeueCount: 1 })
let messages = 0
const tell = (w: World, changes: Record<string, unknown> = {}) =>
  handleTriageMessage(w.deps)(
    message(fault({ container: 'web', harm: '0 of 1 ready', receivedAt: w.clock.now().toISOString(), ...changes })),
    once(`c${++messages}`),
  )
const report = async (w: World, changes: Record<string, unknown> = {}) => {
  const { items } = await w.deps.store.list({}, 10)
  for (const stored of items)
    if (stored.incident.status === 'running')
      await w.deps.store.move(stored, 'reported', {
        at: w.clock.now(),
        note: 'Report published',
        changes: {
          reportedAt: w.clock.now().toISOString(),
          outcome: 'cause',
          rootCause: 'ConfigMap/shop/web Bad',
          ...changes,
        },
      })
}

test('a fault that is not what the report was about is investigated again, and the page can say so', async () => {
  const w = world()
  await tell(w, { mark: 'exit 1 of 6bf586c785' })
  await report(w)
  await tell(w, { mark: 'exit 1 of 6bf586c785' })
  expect(await w.only()).toMatchObject({ status: 'reported', fence: 1 })
  const { admissions } = await tell(w, { mark: 'exit 1 of 7d8c4b9f5' })
  expect(admissions).toEqual({ changed: 1 })
  expect(await w.only()).toMatchObject({ status: 'running', fence: 2, causeBefore: 'ConfigMap/shop/web Bad' })
  expect((await w.only()).steps.map(({ note }) => note)).toContain(
    'Something else is wrong now (web: exit 1 of 7d8c4b9f5): investigated again',
  )
})

test('what comes back after it was over for a minute is investigated again, sooner it is the same loop', async () => {
  const w = world()
  await tell(w, { mark: 'exit 1' })
  await report(w)
  await tell(w, { mark: 'exit 1', resolved: true })
  w.clock.pass(20)
  await tell(w, { mark: 'exit 1' })
  expect(await w.only()).toMatchObject({ status: 'reported', fence: 1 })
  await tell(w, { mark: 'exit 1', resolved: true })
  w.clock.pass(90)
  await tell(w, { mark: 'exit 1' })
  expect(await w.only()).toMatchObject({ status: 'running', fence: 2 })
})

test('two ways to fail that take turns are investigated once each', async () => {
  const w = world()
  for (let round = 0; round < 6; round++) {
    await tell(w, { mark: round % 2 === 0 ? 'exit 1' : 'exit 137' })
    await report(w)
  }
  expect(await w.only()).toMatchObject({ fence: 2 })
})

test('the end of one pod’s fault is not the incident’s while another’s goes on', async () => {
  const w = world()
  const pod = (name: string) => ({
    faultId: name,
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: `web-6bf586c785-${name}` },
  })
  await tell(w, pod('chf5m'))
  await tell(w, pod('chf5n'))
  await tell(w, { ...pod('chf5m'), resolved: true })
  expect((await w.only()).absentSince).toBeUndefined()
  await tell(w, { ...pod('chf5n'), resolved: true })
  expect((await w.only()).absentSince).toBeDefined()
})

test('severity rises and falls with what is seen, and whoever was told hears that it rose', async () => {
  const w = world()
  await tell(w, { severity: 'warning', harm: '9 of 10 ready' })
  await report(w)
  w.clock.pass(240)
  await tell(w, { severity: 'critical', harm: '0 of 10 ready' })
  const risen = await w.only()
  expect(risen).toMatchObject({ severity: 'critical', harm: '0 of 10 ready', status: 'reported' })
  expect(risen.steps.at(-1)?.note).toBe('critical: 0 of 10 ready')
  expect(w.notices.map(({ id }) => id)).toContain(`reported:${risen.incidentId}:1:critical`)
  w.clock.pass(240)
  await tell(w, { severity: 'warning', harm: '9 of 10 ready' })
  expect(await w.only()).toMatchObject({ severity: 'warning', harm: '9 of 10 ready' })
})

test('a server that tells no harm never lowers what was heard', async () => {
  const w = world()
  await tell(w, { severity: 'critical', harm: undefined })
  await tell(w, { severity: 'warning', harm: undefined })
  expect(await w.only()).toMatchObject({ severity: 'critical' })
})

test('what shares a namespace with one that is investigated waits for its verdict, and no longer', async () => {
  const w = world({ settings: { SAME_CAUSE_WAIT_SECONDS: 30, MAX_CONCURRENT_AGENTS_PER_CLUSTER: 5 } })
  await tell(w)
  await tell(w, {
    faultId: 'b',
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'api-6bf586c785-chf5m' },
  })
  await tell(w, {
    faultId: 'c',
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'other', name: 'api-6bf586c785-chf5m' },
  })
  const states = async () =>
    (await w.all()).map(({ namespace, owner, status }) => `${namespace}/${owner.name} ${status}`).sort()
  expect(await states()).toEqual(['other/api running', 'shop/api queued', 'shop/web running'])
  w.clock.pass(31)
  await handleTriageMessage(w.deps)({ version: 1, type: 'wake' }, once('wake'))
  expect(await states()).toEqual(['other/api running', 'shop/api running', 'shop/web running'])
})
