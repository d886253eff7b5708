import { expect, test, vi } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { agentSlots } from '../../../shared/triage/slots.ts'
import { cluster, message, podFault, world } from './world.ts'

/** Lets everything through and counts it, by what it goes to. */
function counted(w: ReturnType<typeof world>) {
  const asked: string[] = []
  const count = (kind: string, what: string, target: object, only?: readonly string[]) => {
    for (const [name, value] of Object.entries(target)) {
      if (typeof value !== 'function' || (only !== undefined && !only.includes(name))) continue
      const spied = vi.spyOn(target as Record<string, () => unknown>, name)
      const through = spied.getMockImplementation() ?? value
      spied.mockImplementation((...input: unknown[]) => {
        asked.push(`${kind} ${what}.${name}`)
        return Reflect.apply(through, target, input)
      })
    }
  }
  const port = ['get', 'insert', 'replace', 'replaceAll', 'remove', 'list']
  count('storage', 'incidents', w.incidents, port)
  count('storage', 'history', w.history, port)
  count('storage', 'control', w.control, port)
  count('storage', 'permissions', w.permissionRows, port)
  count('storage', 'clusters', w.clusterRows, port)
  count('storage', 'results', w.results, ['send'])
  count('storage', 'notices', w.deps, ['notify'])
  count('outside', 'vault', w.deps, ['secret'])
  count('outside', 'arm', w.groups, ['start', 'remove', 'list'])
  count('outside', 'cluster', w.deps, ['checkPermissions'])
  return (kind: string) => asked.filter((one) => one.startsWith(kind)).map((one) => one.slice(kind.length + 1))
}

/** The second agent of a cluster: its permissions are known, and there are slots. */
async function second() {
  const w = world({ settings: { MAX_CONCURRENT_AGENTS_PER_CLUSTER: 2 } })
  const send = (name: string) => handleTriageMessage(w.deps)(message(podFault(name)), { id: name, dequeueCount: 1 })
  await send('web')
  const asked = counted(w)
  await send('api')
  expect(w.groups.started).toHaveLength(2)
  return asked
}

test('one request to the vault and one to ARM start an agent', async () => {
  const asked = await second()
  expect(asked('outside')).toEqual(['vault.secret', 'arm.start'])
})

test('storage is asked three times for each incident that is launched, and five times for all of them together', async () => {
  const asked = await second()
  // Whether it was here before and is over, is asked before it is opened.
  const admission = ['incidents.list', 'history.list', 'incidents.insert']
  const pass = ['incidents.list', 'control.list', 'control.get', 'control.get', 'control.replace']
  const each = ['incidents.replace', 'incidents.replace', 'notices.notify']
  expect(asked('storage')).toEqual([...admission, ...pass, ...each])
})

test('of five that wait, each costs three more', async () => {
  const clusters = ['a', 'b', 'c', 'd', 'e'].map((name) => cluster(name))
  const w = world({ clusters })
  for (const { name } of clusters) w.secrets.set(`keyvault:kubeconfig-${name}`, `kubeconfig of ${name}`)
  const of = (name: string) => clusters.map((one) => podFault(name, { cluster: one.name }))
  await handleTriageMessage(w.deps)(message(...of('web')), { id: 'm1', dequeueCount: 1 })
  for (const { incidentId } of await w.slots()) await agentSlots(w.deps).release(incidentId, 1)
  const asked = counted(w)
  const { launched } = await handleTriageMessage(w.deps)(message(...of('api')), { id: 'm2', dequeueCount: 1 })
  expect(launched).toHaveLength(5)
  const admission = 3 * 5
  expect(asked('storage')).toHaveLength(admission + 5 + 3 * 5)
  expect(asked('outside')).toHaveLength(2 * 5)
})
