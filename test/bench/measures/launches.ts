import { incidentStore } from '../../../shared/incident/store.ts'
import type { TriageDeps } from '../../../shared/triage/deps.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { cluster, message, podFault, type World, world } from '../../shared/triage/world.ts'
import { type Row, row } from '../row.ts'

type Asked = { storage: number; outside: number }

/** The stage with every request to the outside counted, as the services would. */
function counted(w: World, asked: Asked): TriageDeps {
  const noted =
    <A extends unknown[], R>(what: keyof Asked, act: (...input: A) => R) =>
    (...input: A): R => {
      asked[what] += 1
      return act(...input)
    }
  const all = <T extends object>(what: keyof Asked, port: T): T =>
    Object.fromEntries(
      Object.entries(port).map(([name, act]) => [name, typeof act === 'function' ? noted(what, act) : act]),
    ) as T
  const incidents = all('storage', w.incidents)
  return {
    ...w.deps,
    store: incidentStore({ incidents, history: all('storage', w.history) }),
    control: all('storage', w.control),
    permissions: all('storage', w.permissionRows),
    notify: noted('storage', w.deps.notify),
    secret: noted('outside', w.deps.secret),
    groups: all('outside', w.groups),
    breakers: { ...w.deps.breakers, state: noted('storage', w.deps.breakers.state) },
  }
}

/** One fault in each of so many clusters, whose permissions are known; then as many are launched by one pass. */
async function launching(clusters: number): Promise<Asked> {
  const names = Array.from({ length: clusters }, (_, at) => `c${at}`)
  const limits = { MAX_CONCURRENT_AGENTS: 100, MAX_CONCURRENT_AGENTS_PER_CLUSTER: 2, CLUSTER_QUEUE_SIZE: 100 }
  const w = world({ clusters: names.map((name) => cluster(name)), settings: limits })
  for (const name of names) w.secrets.set(`keyvault:kubeconfig-${name}`, 'kubeconfig')
  const faults = (pod: string) => message(...names.map((name) => podFault(pod, { cluster: name })))
  await handleTriageMessage(w.deps)(faults('a'), { id: 'm1', dequeueCount: 1 })
  // Told by another message, so that what is counted is the launch and not the record of the faults.
  w.groups.full = true
  await handleTriageMessage(w.deps)(faults('b'), { id: 'm2', dequeueCount: 1 })
  w.groups.full = false
  const asked = { storage: 0, outside: 0 }
  await handleTriageMessage(counted(w, asked))({ version: 1, type: 'wake' }, { id: 'm3', dequeueCount: 1 })
  if (w.groups.started.length !== 2 * clusters)
    throw new Error(`${w.groups.started.length} agents, not ${2 * clusters}`)
  return asked
}

const FEW = 1
const MANY = 11

/** By slope: what each launch asks, and what the pass asks however many it launches. */
export async function launches(): Promise<readonly Row[]> {
  const [few, many] = await Promise.all([launching(FEW), launching(MANY)])
  const slope = (what: keyof Asked) => (many[what] - few[what]) / (MANY - FEW)
  return [
    row('storage requests of a launch', 'requests', { value: slope('storage') }, { atMost: 3 }),
    row(
      'storage requests of a pass that launches',
      'requests',
      { value: few.storage - FEW * slope('storage') },
      { atMost: 4 },
    ),
    row('requests of a launch to vault and ARM', 'requests', { value: slope('outside') }, { atMost: 2 }),
  ]
}
