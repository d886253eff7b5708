import { expect, test } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, fault, message, permissions, podFault, world } from './world.ts'

const north = cluster('north')
const degraded = (w: ReturnType<typeof world>) =>
  w.changes.filter(({ name }) => name === 'triage of cluster north').map(({ to }) => to)

test('a kubeconfig that is not there is told before any fault, once, and once more when it is there', async () => {
  const w = world({ clusters: [north] })
  w.secrets.delete('keyvault:kubeconfig-north')
  for (let minute = 0; minute < 10; minute++) {
    await sweep(w.deps)()
    w.clock.pass(60)
  }
  expect(degraded(w)).toEqual(['degraded'])
  expect(w.changes[0]!.reasons.at(-1)!.text).toContain('keyvault:kubeconfig-north cannot be read')
  w.secrets.set('keyvault:kubeconfig-north', 'kubeconfig of north')
  await sweep(w.deps)()
  expect(degraded(w)).toEqual(['degraded', 'recovered'])
})

test('its faults wait a minute, are told as not investigated, and wait for an agent again once it is mended', async () => {
  const w = world({ clusters: [north, cluster('east')] })
  w.secrets.delete('keyvault:kubeconfig-north')
  await sweep(w.deps)()
  const faults = Array.from({ length: 7 }, (_, at) => podFault(`app${at}`, { cluster: 'north' }))
  await handleTriageMessage(w.deps)(message(...faults, fault()), { id: 'm1', dequeueCount: 1 })
  const states = async () => (await w.all()).map(({ cluster: name, status }) => `${name} ${status}`).sort()
  expect(await states()).toEqual(['east running', ...Array.from({ length: 7 }, () => 'north queued')])
  w.clock.pass(61)
  await sweep(w.deps)()
  expect(await states()).toEqual(['east running', ...Array.from({ length: 7 }, () => 'north skipped')])
  expect((await w.all()).find((one) => one.cluster === 'north')!.reason).toContain(
    'Triage does not work: Its kubeconfig',
  )
  expect(w.sent()).toEqual([])

  w.secrets.set('keyvault:kubeconfig-north', 'kubeconfig of north')
  w.clock.pass(61)
  await sweep(w.deps)()
  const after = await states()
  expect(after.filter((one) => one === 'north running')).toHaveLength(1)
  expect(after.filter((one) => one === 'north queued')).toHaveLength(6)
})

test('an incident that failed for want of a kubeconfig is queued again, and holds the others back meanwhile', async () => {
  const w = world({ clusters: [north] })
  await sweep(w.deps)()
  w.secrets.delete('keyvault:kubeconfig-north')
  const tell = (name: string) =>
    handleTriageMessage(w.deps)(message(podFault(name, { cluster: 'north' })), { id: name, dequeueCount: 1 })
  await tell('web')
  expect(w.sent()).toMatchObject([{ ended: 'not-started', reason: expect.stringContaining('No kubeconfig: ') }])
  const { incidentId } = await w.only()
  const stored = (await w.deps.store.current(incidentId))!
  const concluded = {
    at: w.clock.now().toISOString(),
    ended: 'not-started',
    cause: 'no-kubeconfig',
    bundle: false,
  } as const
  await w.deps.store.move(stored, 'failed', { at: w.clock.now(), note: 'failed', changes: { concluded } })
  await tell('api')
  expect(w.sent()).toHaveLength(1)
  w.secrets.set('keyvault:kubeconfig-north', 'kubeconfig of north')
  w.clock.pass(61)
  await sweep(w.deps)()
  expect((await w.all()).map(({ status }) => status).sort()).toEqual(['queued', 'running'])
})

test('too few rights are told once; a changed entry is looked at at once, and others not before their time', async () => {
  let asked = 0
  let enough = false
  const w = world({
    clusters: [north],
    checkPermissions: async ({ name }) => {
      asked += 1
      return permissions(name, { minimum_permissions_met: enough, warnings: ['cannot read pods/log'] })
    },
  })
  for (let pass = 0; pass < 5; pass++) await sweep(w.deps)()
  expect([asked, degraded(w)]).toEqual([1, ['degraded']])
  enough = true
  w.secrets.set('keyvault:other', 'another kubeconfig')
  w.known.set('north', cluster('north', { kubeconfig: 'keyvault:other' }))
  await sweep(w.deps)()
  expect([asked, degraded(w)]).toEqual([2, ['degraded', 'recovered']])
})

test('many that are looked at every minute keep no other from being looked at', async () => {
  const bad = Array.from({ length: 60 }, (_, at) => cluster(`c${at}`))
  const w = world({ clusters: [...bad, north] })
  w.secrets.delete('keyvault:kubeconfig-north')
  for (let pass = 0; pass < 8; pass++) {
    await sweep(w.deps)()
    w.clock.pass(60)
  }
  const rows = await w.control.list({ partition: 'triage-checks', limit: 100 })
  expect(rows).toHaveLength(61)
})

test('incidents wait for an agent again though looks in between found another problem', async () => {
  for (const between of ['vault', 'rights'] as const) {
    const w = world({
      clusters: [north],
      checkPermissions: async ({ name }) => permissions(name, { minimum_permissions_met: between === 'vault' }),
    })
    w.secrets.delete('keyvault:kubeconfig-north')
    await sweep(w.deps)()
    await handleTriageMessage(w.deps)(message(podFault('web', { cluster: 'north' })), { id: 'm', dequeueCount: 1 })
    w.clock.pass(61)
    await sweep(w.deps)()
    expect((await w.only()).skip).toBe('triage-broken')
    if (between === 'vault') {
      await sweep({ ...w.deps, secret: async () => Promise.reject(new Error('503')) })().catch(() => undefined)
      w.clock.pass(61)
      await sweep({ ...w.deps, secret: async () => Promise.reject(new Error('503')) })().catch(() => undefined)
    }
    w.secrets.set('keyvault:kubeconfig-north', 'kubeconfig of north')
    w.clock.pass(61)
    await sweep(w.deps)()
    expect((await w.only()).status).toBe('running')
  }
})

test('an attempt that failed for another reason than its kubeconfig is not made again when that is there', async () => {
  const w = world({ clusters: [north] })
  w.secrets.delete('keyvault:kubeconfig-north')
  await sweep(w.deps)()
  w.clock.pass(61)
  await handleTriageMessage(w.deps)(message(podFault('web', { cluster: 'north' })), { id: 'm', dequeueCount: 1 })
  const stored = (await w.deps.store.current((await w.only()).incidentId))!
  const concluded = { at: w.clock.now().toISOString(), ended: 'not-started', reason: 'x', bundle: false } as const
  await w.deps.store.move(stored, 'failed', { at: w.clock.now(), note: 'failed', changes: { concluded } })
  w.secrets.set('keyvault:kubeconfig-north', 'kubeconfig of north')
  await sweep(w.deps)()
  expect((await w.only()).status).toBe('failed')
})

test('rights that were granted are seen within a minute', async () => {
  let enough = false
  const w = world({
    clusters: [north],
    checkPermissions: async ({ name }) =>
      permissions(name, { minimum_permissions_met: enough, validated_at: w.clock.now().toISOString() }),
  })
  await sweep(w.deps)()
  enough = true
  w.clock.pass(61)
  await sweep(w.deps)()
  expect(degraded(w)).toEqual(['degraded', 'recovered'])
})
