import { bundleName } from '../artifacts/layout.ts'
import { Cluster } from '../config/cluster.ts'
import { Incident } from '../incident/incident.ts'
import type { Blobs } from '../runtime/blobs.ts'
import type { Group, GroupSpec } from '../runtime/container-groups.ts'
import { groupSpec } from './agent-spec.ts'
import type { TriageDeps } from './deps.ts'

export type TryDeps = Pick<
  TriageDeps,
  'groups' | 'createLink' | 'resultsLink' | 'brokerPort' | 'newToken' | 'clock' | 'settings'
> & { readonly bundles: Pick<Blobs, 'info' | 'remove'> }
/** `waits`: ask again with the same id. */
export type Tried = { readonly state: 'well' | 'waits' | 'failed'; readonly says: string }

/** An image of 300 MB over a slow registry, and a region that takes its time. */
const TRY_MS = 10 * 60_000
/** What whoever asks for a trial of an agent calls it. */
export const TRIAL_ID = /^[a-z0-9]{8,20}$/
const PREFIX = 'doctor-'
/** Whether a group is that of a trial: the sweep takes away those whose time is over. */
export const isTrial = (group: string): boolean => group.startsWith(PREFIX) && TRIAL_ID.test(group.slice(PREFIX.length))
const FENCE = 1
const MOST_LOG_CHARACTERS = 300

/** Nothing listens there: the cluster that the agent is sent to is known to be away, and that is what it has to find. */
const NOWHERE = `apiVersion: v1
kind: Config
current-context: nowhere
clusters: [{ name: nowhere, cluster: { server: "https://127.0.0.1:1" } }]
contexts: [{ name: nowhere, context: { cluster: nowhere, user: nobody } }]
users: [{ name: nobody, user: { token: none } }]
`

/**
 * Starts one agent as an incident's is started, with a fault that is made up, and looks what came of it: image, pull,
 * network, files and links are good when its bundle is there. Keeps nothing between two looks but the group itself.
 */
export async function tryAgent(deps: TryDeps, id: string): Promise<Tried> {
  const name = `${PREFIX}${id}`
  const incident = madeUp(id, deps.clock.now())
  const bundle = bundleName(incident.incidentId, FENCE)
  // Before its bundle: one that leaves it and ends in between has done its work.
  const group = await deps.groups.get(name)
  if ((await deps.bundles.info(bundle)) !== undefined) {
    await deps.groups.remove(name)
    await deps.bundles.remove(bundle)
    return { state: 'well', says: 'an agent was started, read its files and left what it found' }
  }
  if (group === undefined) return start(deps, name, incident)
  const overdue = deps.clock.now().getTime() > Date.parse(group.tags.deadline ?? '')
  if ((group.state === 'pending' || group.state === 'running') && !overdue)
    return { state: 'waits', says: `it is ${group.state}${because(group)}` }
  const log = await deps.groups.logs(name, 'broker').catch(() => '')
  await deps.groups.remove(name)
  const exit = group.exitCode === undefined ? '' : ` with exit code ${group.exitCode}`
  const last = log === '' ? '' : `; its last words: ${log.trim().slice(-MOST_LOG_CHARACTERS)}`
  const ended = overdue ? `was still ${group.state} after ten minutes` : `ended${exit}`
  return { state: 'failed', says: `the agent ${ended} and left nothing${because(group)}${last}` }
}

const because = ({ reason }: Group): string => (reason === undefined ? '' : ` (${reason})`)

async function start(deps: TryDeps, name: string, incident: Incident): Promise<Tried> {
  const deadline = new Date(deps.clock.now().getTime() + TRY_MS)
  const [bundle, results, brokerPort] = await Promise.all([
    deps.createLink(bundleName(incident.incidentId, FENCE), deadline),
    deps.resultsLink(deadline),
    deps.brokerPort(),
  ])
  const spec = trial(deps, name, {
    incident,
    deadline: deadline.toISOString(),
    cluster: Cluster.parse({ name: incident.cluster, mcp: { endpoint: 'http://127.0.0.1:1/mcp' } }),
    kubeconfig: NOWHERE,
    permissions: undefined,
    model: undefined,
    modelKey: undefined,
    upload: { bundle, results },
    token: deps.newToken(),
    brokerPort,
  })
  const answer = await deps.groups.start(spec)
  if (answer === 'no-capacity') return { state: 'failed', says: 'there is no room for a container group at the moment' }
  return { state: 'waits', says: 'it was asked for' }
}

function trial(deps: TryDeps, name: string, parts: Parameters<typeof groupSpec>[1]): GroupSpec {
  const spec = groupSpec(deps.settings, parts)
  return { ...spec, name, tags: { nightcrier: 'doctor', deadline: parts.deadline } }
}

function madeUp(id: string, now: Date): Incident {
  const at = now.toISOString()
  const resource = { kind: 'Pod', namespace: 'doctor', name: 'made-up' }
  return Incident.parse({
    version: 1,
    incidentId: `doctor.${id}.1`,
    faultId: id,
    status: 'running',
    createdAt: at,
    cluster: 'doctor',
    namespace: 'doctor',
    resource,
    owner: resource,
    faultType: 'PodCrash',
    faultClass: 'PodCrash',
    severity: 'warning',
    context: 'made up by nightcrier doctor',
    timestamp: at,
    identity: id,
    generation: 1,
    occurrences: 1,
    countedFaults: [],
    firstSeen: at,
    lastSeen: at,
    fence: FENCE,
    notices: {},
    steps: [],
  })
}
