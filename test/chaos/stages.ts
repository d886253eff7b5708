import { MAX_BUNDLE_BYTES } from '../../shared/artifacts/bundle.ts'
import { artifactName, bundleName } from '../../shared/artifacts/layout.ts'
import type { Report } from '../../shared/artifacts/report.ts'
import type { Cluster } from '../../shared/config/cluster.ts'
import { detectFaults } from '../../shared/faults/detect.ts'
import { muteBook } from '../../shared/incident/mute-book.ts'
import { noticesTo } from '../../shared/incident/notices.ts'
import { type IncidentStore, incidentStore } from '../../shared/incident/store.ts'
import type { NotifyDeps } from '../../shared/notify/deps.ts'
import type { Notifier } from '../../shared/notify/notice.ts'
import { Unsure } from '../../shared/notify/refusal.ts'
import type { ReportDeps } from '../../shared/report/deps.ts'
import { breakers } from '../../shared/runtime/breaker.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { totals } from '../../shared/runtime/totals.ts'
import type { SupervisorDeps } from '../../shared/subscription/supervisor.ts'
import type { TriageDeps } from '../../shared/triage/deps.ts'
import { keepDeadLetter } from '../../shared/triage/keep-dead-letter.ts'
import { agentSlots } from '../../shared/triage/slots.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { permissions } from '../shared/triage/world.ts'
import type { AgentsModel } from './agents-model.ts'
import type { Post } from './checker.ts'
import type { ClusterModel } from './cluster-model.ts'
import type { Mortal, Sky } from './mortal.ts'
import type { Plan } from './plan.ts'
import { blobsOf, queueOf, tableOf } from './ports.ts'
import { settings } from './settings.ts'
import type { Stores } from './stores.ts'

const MAX_REPORT_BYTES = 32 * 1024 * 1024

export type Surroundings = {
  readonly sky: Sky
  readonly stores: Stores
  readonly agents: AgentsModel
  readonly models: ReadonlyMap<string, ClusterModel>
  readonly clusters: readonly Cluster[]
  readonly posts: Post[]
  readonly waitLimitSeconds: number
  readonly queue: Plan['queue']
  /** Which objects are listed. */
  readonly kinds: readonly string[]
  readonly triageStoreOf?: (store: IncidentStore) => IncidentStore
  /** Whether clusters are looked at. */
  readonly looks: boolean
  readonly patrolSeconds: number
  /** Incident and fence of every line of the list. */
  readonly listed: Set<string>
  readonly onArtifact: (incidentId: string, file: string, content: string, by: string) => void
}

/** The real acts with the surroundings of one process. */
export function stagesOf(around: Surroundings) {
  const { sky, stores, agents, models, clusters } = around
  const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]))
  const cluster = async (name: string) => byName.get(name)

  const logOf = (who: Mortal): Log => {
    const line = (_: unknown, text?: string) => sky.note?.(who.name, `says: ${text ?? ''}`)
    return { debug: line, info: line, warn: line, error: line }
  }
  const common = (who: Mortal) => ({ clock: who.clock, random: sky.chance.next, log: logOf(who) })
  const storeOf = (who: Mortal) =>
    incidentStore({
      incidents: tableOf(who, 'incidents', stores.incidents),
      history: tableOf(who, 'history', stores.history),
    })
  const controlOf = (who: Mortal) => tableOf(who, 'control', stores.control)
  const noticesOf = (who: Mortal) => noticesTo(queueOf(who, 'notices', stores.notices))
  const breakersOf = (who: Mortal) =>
    breakers({ ...common(who), control: controlOf(who), threshold: 3, openMs: 20_000, longestMs: 60_000 })
  const readReportOf = (who: Mortal) => async (incidentId: string) => {
    const blob = await blobsOf(who, 'artifacts', stores.artifacts).read(
      artifactName(incidentId, 'report.json'),
      MAX_REPORT_BYTES,
    )
    return blob === undefined ? undefined : (JSON.parse(blob.text) as Report)
  }

  const supervisor = (who: Mortal): SupervisorDeps => ({
    ...common(who),
    // The owner's name is then the process's own.
    newId: () => who.name.split('.')[1] ?? '',
    settings: { ...settings, PATROL_SECONDS: around.patrolSeconds },
    tables: { clusters: tableOf(who, 'clusters', stores.clusters), control: controlOf(who) },
    queue: queueOf(who, 'faults', stores.faults),
    deadLetters: blobsOf(who, 'dead-letters', stores.deadLetters),
    clusters: { current: async () => ({ clusters }) },
    resolveApiKey: async () => undefined,
    detect: around.looks ? detectFaults : () => [],
    door: ownDoor,
    kinds: around.kinds.map((kind) => ({ apiVersion: 'v1', kind })),
    open: async (options) => {
      const name = new URL(options.endpoint).hostname.split('.')[0] ?? ''
      const model = models.get(name)
      if (model === undefined) throw new Error(`there is no cluster ${name}`)
      return model.server(who)(options)
    },
    times: { pingMs: 8_000, checkMs: 8_000 },
  })

  const triage = (who: Mortal): TriageDeps => ({
    ...common(who),
    store: around.triageStoreOf?.(storeOf(who)) ?? storeOf(who),
    control: controlOf(who),
    permissions: tableOf(who, 'permissions', stores.permissions),
    // Dies with its process.
    knownPermissions: new Map(),
    clusterRows: tableOf(who, 'clusters', stores.clusters),
    deadLetters: blobsOf(who, 'dead-letters', stores.deadLetters),
    bundles: blobsOf(who, 'bundles', stores.bundles),
    groups: agents.of(who),
    results: queueOf(who, 'results', stores.results),
    cluster,
    clusters: async () => clusters,
    mutes: muteBook({ ...common(who), control: controlOf(who) }).list,
    secret: async () => 'a kubeconfig',
    checkPermissions: async ({ name }) => permissions(name),
    createLink: stores.bundles.createLink,
    resultsLink: async () => 'https://queue.invalid/results',
    brokerPort: async () => 8700,
    newToken: () => 'token-'.padEnd(24, 'x'),
    notify: noticesOf(who),
    breakers: breakersOf(who),
    settings: {
      ...settings,
      QUEUE_WAIT_LIMIT_SECONDS: around.waitLimitSeconds,
      INCIDENT_KEEP_DAYS: 210,
      GLOBAL_QUEUE_SIZE: around.queue.total,
      CLUSTER_QUEUE_SIZE: around.queue.perCluster,
      QUEUE_OVERFLOW_POLICY: around.queue.policy,
    },
  })

  const report = (who: Mortal): ReportDeps => {
    const slots = agentSlots({ control: controlOf(who), clock: who.clock, random: sky.chance.next })
    const bundles = blobsOf(who, 'bundles', stores.bundles)
    const write: ReportDeps['writeArtifact'] = (incidentId, file, content) =>
      who.call(`artifacts.write ${incidentId}/${file}`, async () => {
        await stores.artifacts.write(artifactName(incidentId, file), content)
        around.onArtifact(incidentId, file, content, who.name)
      })
    return {
      ...common(who),
      store: storeOf(who),
      groups: agents.of(who),
      readBundle: (incidentId, fence) => bundles.readBytes(bundleName(incidentId, fence), MAX_BUNDLE_BYTES),
      writeArtifact: write,
      readReport: readReportOf(who),
      list: ({ incidentId, fence }) =>
        who.call(`list ${incidentId}`, () => void around.listed.add(`${incidentId} ${fence}`)),
      releaseSlot: (incidentId, fence) => slots.release(incidentId, fence),
      wakeTriage: () => queueOf(who, 'faults', stores.faults).send('{"version":1,"type":"wake"}'),
      notify: noticesOf(who),
      breakers: breakersOf(who),
      totals: totals({ ...common(who), control: controlOf(who) }),
      settings,
    }
  }

  const notify = (who: Mortal): NotifyDeps => ({
    ...common(who),
    store: storeOf(who),
    readReport: readReportOf(who),
    links: async () => ({ report: undefined, feedback: undefined }),
    mutes: muteBook({ ...common(who), control: controlOf(who) }).list,
    routing: async () => ({ routes: [], fallback: [{ key: 'slack', place: {} }] }),
    cluster: async (name) => byName.get(name),
    open: async () => channelOf(who, around.posts),
    control: controlOf(who),
    breakers: breakersOf(who),
    again: noticesOf(who),
    deadLetter: keepDeadLetter({ ...common(who), deadLetters: blobsOf(who, 'dead-letters', stores.deadLetters) }),
  })

  return { supervisor, triage, report, notify }
}

/** A place that cannot look up what it has: the post is made, whatever becomes of its answer. */
const channelOf = (who: Mortal, posts: Post[]): Notifier => ({
  takes: () => true,
  dedups: false,
  openedWith: '',
  send: async (_, { id, unsure }) => {
    try {
      await who.call(`post ${id}`, () => void posts.push({ id, by: who.name, unsure, disturbed: who.disturbed }))
    } catch (error) {
      if (errorText(error).includes('timed out')) throw new Unsure(errorText(error))
      throw error
    }
    return undefined
  },
})
