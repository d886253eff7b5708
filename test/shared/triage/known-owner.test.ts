import { expect, test } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { fault, message, type World, world } from './world.ts'

let delivered = 0
const tell = (w: World, ...faults: readonly object[]) => {
  // Each was received at a moment of its own.
  const receivedAt = `2026-01-12T09:40:59.${String(++delivered).padStart(3, '0')}Z`
  const told = faults.map((one) => ({ ...one, receivedAt }))
  return handleTriageMessage(w.deps)(message(...told), { id: `k${delivered}`, dequeueCount: 1 })
}
const crash = (pod: string, owner?: { readonly kind: string; readonly name: string }) => {
  const at = { namespace: 'shop', name: pod }
  return fault({
    faultId: `crash-${pod}`,
    resource: { apiVersion: 'v1', kind: 'Pod', ...at },
    source: owner === undefined ? 'notification' : 'reconcile',
    ...(owner === undefined ? {} : { owner: { apiVersion: 'v1', namespace: 'shop', ...owner } }),
  })
}

const cases = [
  { what: 'a Job', pod: 'migrate-x7k2p', owner: { kind: 'Job', name: 'migrate' } },
  { what: 'a CronJob', pod: 'backup-28123456-x7k2p', owner: { kind: 'CronJob', name: 'backup' } },
  { what: 'nobody', pod: 'my-app-12345', owner: { kind: 'Pod', name: 'my-app-12345' } },
  { what: 'nobody, with a name like a StatefulSet’s', pod: 'my-app-2', owner: { kind: 'Pod', name: 'my-app-2' } },
  { what: 'nobody, with a name like a DaemonSet’s', pod: 'my-app-x7k2p', owner: { kind: 'Pod', name: 'my-app-x7k2p' } },
]

test.each(cases)(
  'a pod of $what, told without its owner and then seen with it, is one incident',
  async ({ pod, owner }) => {
    const w = world()
    await tell(w, crash(pod))
    await tell(w, crash(pod, owner))
    await tell(w, crash(pod))
    expect(await w.only()).toMatchObject({ generation: 1, occurrences: 2 })
  },
)

test.each(cases)(
  'a pod of $what, seen with its owner and then told without, is one incident',
  async ({ pod, owner }) => {
    const w = world()
    await tell(w, crash(pod, owner))
    await tell(w, crash(pod))
    expect(await w.only()).toMatchObject({ owner, occurrences: 2 })
  },
)

test('the next pod of a Job, told without its owner, belongs to the Job’s incident', async () => {
  const w = world()
  await tell(w, crash('migrate-x7k2p', { kind: 'Job', name: 'migrate' }))
  await tell(w, crash('migrate-b9d4q'))
  await tell(w, crash('migrate-c5f6r'))
  expect(await w.only()).toMatchObject({ owner: { kind: 'Job', name: 'migrate' }, occurrences: 3 })
})

test('owners that are named are never taken for one another', async () => {
  const w = world()
  await tell(w, crash('web-0', { kind: 'StatefulSet', name: 'web' }))
  await tell(w, crash('web-6bf586c785-chf5m', { kind: 'Deployment', name: 'web' }))
  expect(await w.all()).toHaveLength(2)
})
