import { z } from 'zod'
import type { Report } from '../../shared/artifacts/report.ts'
import { Cluster } from '../../shared/config/cluster.ts'
import { type Fault, FaultNotice } from '../../shared/faults/fault.ts'
import { identityOf } from '../../shared/incident/identity.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { ResultMessage, type TriageMessage } from '../../shared/incident/messages.ts'
import { muteBook } from '../../shared/incident/mute-book.ts'
import type { IncidentStore } from '../../shared/incident/store.ts'
import { handleNotice } from '../../shared/notify/handle-notice.ts'
import { handleResult } from '../../shared/report/handle-result.ts'
import { TOTALS, totalsIn } from '../../shared/runtime/totals.ts'
import { runSupervisor } from '../../shared/subscription/supervisor.ts'
import { handleDeadLetter } from '../../shared/triage/dead-letter.ts'
import { handleTriageMessage } from '../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../shared/triage/sweep.ts'
import type { MemoryBlobs } from '../fakes/memory-blobs.ts'
import { agentsModel } from './agents-model.ts'
import { checker, type Post } from './checker.ts'
import { clusterModel } from './cluster-model.ts'
import { noticeOf, objectOf, type Trouble, uidOf } from './faults-model.ts'
import { finalCheck } from './final-check.ts'
import { queueWorker, timer } from './hosts.ts'
import { misbehave, muteNames } from './manners.ts'
import { BEGINNING, calm, type Sky } from './mortal.ts'
import { type Climate, planOf } from './plan.ts'
import { settings } from './settings.ts'
import { stagesOf } from './stages.ts'
import { type Broken, incidentIn, storesOf } from './stores.ts'
import { virtualTime } from './virtual-time.ts'

export type Options = {
  readonly climate?: Climate
  readonly broken?: Broken
  /** The clusters are never looked at. */
  readonly blind?: boolean
  /** What the report stage sees of the incidents while it handles the result of this attempt. */
  readonly reportStoreOf?: (store: IncidentStore, fence: number) => IncidentStore
  /** What the triage stage sees of the incidents. */
  readonly triageStoreOf?: (store: IncidentStore) => IncidentStore
  readonly record?: boolean
  /** Clusters are visited so often, and not watched. */
  readonly patrolSeconds?: number
}
export type Outcome = {
  readonly seed: number
  readonly violations: readonly string[]
  readonly history: readonly string[]
  readonly happened: number
  readonly incidents: number
  readonly reports: number
  readonly posts: number
  readonly twice: number
}

/** Until leases of the dead have run out and every cluster has been looked at by a window that began in the calm. */
const CALM_MS = 90_000
const CALM_STEP_MS = 2_000
/** No queue, wait limit, deadline or wrong clock lasts longer. */
const LONGEST_MS = 3 * 3_600_000
const STEP_MS = 60_000

const clusterOf = (name: string, enabled: boolean): Cluster =>
  Cluster.parse({
    name,
    mcp: { endpoint: `https://${name}.mcp.invalid/mcp` },
    triage: { enabled, kubeconfig: `keyvault:kubeconfig-${name}` },
  })
const clusterSets = new Map<string, readonly Cluster[]>()
function clustersOf(names: readonly string[], enabled: boolean): readonly Cluster[] {
  const set = `${names.length} ${enabled}`
  const known = clusterSets.get(set) ?? names.map((name) => clusterOf(name, enabled))
  clusterSets.set(set, known)
  return known
}

/** One schedule from beginning to rest, and whether the promises held. */
export async function simulate(seed: number, options: Options = {}): Promise<Outcome> {
  const plan = planOf(seed, options.climate)
  const { chance } = plan
  const time = virtualTime()
  const history: string[] = []
  const note = (who: string, what: string) =>
    history.push(`${(time.now() / 1000).toFixed(2).padStart(8)}  ${who.padEnd(24)} ${what}`)
  const sky: Sky = {
    weather: plan.weather,
    actor: '',
    begun: new Map(),
    time,
    chance,
    note: options.record === true ? note : undefined,
  }
  const check = checker((what) => sky.note?.('checker', what))
  const clock = { now: () => new Date(BEGINNING + time.now()), sleep: async () => {} }
  const stores = storesOf(
    sky,
    clock,
    {
      incident: (before, after) => check.incident(before, after, sky.begun.get(sky.actor) ?? 0, time.now()),
      lease: (before, after, cluster) => check.lease(before, after, cluster, sky.actor),
    },
    options.broken ?? {},
  )
  const incidents = (): readonly Incident[] => stores.incidents.rows().map(incidentIn)
  let chaos = true
  const mutes = muteNames(plan.neighbourhood)
  const models = new Map([...plan.clusters, ...mutes].map((name) => [name, clusterModel(sky, name)]))
  for (const name of mutes) models.get(name)?.behave({ isMute: true })
  const uploaded = new Set<string>()
  const agents = agentsModel(sky, {
    bundles: stores.bundles,
    results: stores.results,
    habits: () => (chaos ? plan.habits : { hangs: 0, fails: 0, workMs: 5_000 }),
    full: () => chaos && chance.happens(plan.full),
    sameCause: plan.sameCause,
    onBundle: (incidentId, fence) => uploaded.add(`${incidentId} ${fence}`),
  })
  const posts: Post[] = []
  const listed = new Set<string>()
  /** Names of all notices that ever reached their queue. */
  const owed = new Set<string>()
  const sendNotice = stores.notices.send
  Object.assign(stores.notices, {
    send: async (body: string, more?: { readonly delaySeconds?: number }) => {
      owed.add(String((JSON.parse(body) as { readonly id?: unknown }).id))
      return sendNotice(body, more)
    },
  })
  /** Last written: report.json and index.html of each incident. */
  const pages = new Map<string, { json: Report; html: string; by: string }>()
  let reports = 0
  const stages = stagesOf({
    sky,
    stores,
    agents,
    models,
    clusters: clustersOf([...plan.clusters, ...mutes], plan.kind !== 'watch'),
    posts,
    listed,
    waitLimitSeconds: plan.waitLimitSeconds,
    queue: plan.queue,
    kinds: plan.disaster === undefined ? ['Pod'] : ['Pod', 'Node', 'ReplicaSet'],
    ...(options.triageStoreOf === undefined ? {} : { triageStoreOf: options.triageStoreOf }),
    looks: options.blind !== true,
    patrolSeconds: options.patrolSeconds ?? 0,
    onArtifact: (incidentId, file, content, by) => {
      const page = pages.get(incidentId)
      if (file === 'report.json')
        pages.set(incidentId, { json: JSON.parse(content) as Report, html: page?.html ?? '', by })
      if (file !== 'index.html' || page === undefined) return
      reports += 1
      page.html = content
    },
  })

  const { visibilitySeconds } = plan
  for (const name of ['triage-a', 'triage-b'])
    queueWorker(sky, name, { queue: stores.faults, poison: stores.faultsPoison, visibilitySeconds }, (who) => {
      const handle = handleTriageMessage(stages.triage(who))
      return (body, delivery) => handle(body, delivery)
    })
  for (const name of ['report-a', 'report-b'])
    queueWorker(
      sky,
      name,
      { queue: stores.results, poison: stores.resultsPoison, visibilitySeconds },
      (who) => (body) => {
        const deps = stages.report(who)
        const { fence } = ResultMessage.parse(body)
        const store = options.reportStoreOf?.(deps.store, fence) ?? deps.store
        return handleResult({ ...deps, store })(body)
      },
    )
  for (const name of ['notify-a', 'notify-b'])
    queueWorker(
      sky,
      name,
      { queue: stores.notices, poison: stores.noticesPoison, visibilitySeconds },
      (who) => (body) => handleNotice(stages.notify(who))(body),
    )
  const poisoned = { faults: stores.faultsPoison, results: stores.resultsPoison, notices: stores.noticesPoison }
  for (const [name, queue] of Object.entries(poisoned))
    queueWorker(
      sky,
      `dead-${name}`,
      { queue, poison: undefined, visibilitySeconds },
      (who) => (body) => handleDeadLetter(stages.triage(who))(name, body),
    )
  timer(
    sky,
    'sweep',
    () => (chaos ? 20_000 : STEP_MS),
    (who) => sweep(stages.triage(who))(),
  )
  const supervise = () =>
    (plan.kind === 'work' ? [] : ['supervisor-1', 'supervisor-2']).map((name) =>
      timer(
        sky,
        name,
        () => 3_000,
        (who, stop) => runSupervisor(stages.supervisor(who))(name, stop),
      ),
    )

  for (const trouble of plan.troubles) begin(trouble)
  for (const name of plan.clusters) {
    const model = models.get(name)
    if (model === undefined) continue
    const manner = plan.neighbourhood.manners[name]
    if (manner !== undefined) misbehave(sky, model, manner, () => chaos)
    if (chance.happens(0.3)) time.after(chance.between(0, plan.chaosMs), model.restart)
    if (chance.happens(0.3)) time.after(chance.between(0, plan.chaosMs), model.dropSubscriptions)
  }
  function begin(trouble: Trouble): void {
    const model = models.get(trouble.cluster)
    for (const [index, pod] of trouble.pods.entries()) {
      time.after(trouble.from + index * 2_000, () => {
        sky.note?.(trouble.cluster, `${trouble.kind} of ${pod} begins`)
        model?.put(objectOf(trouble, pod))
        if (plan.kind === 'work') inject(noticeOf(trouble, pod), trouble.cluster)
        else model?.tell(noticeOf(trouble, pod), chaos ? plan.lossy : 0)
      })
      if (trouble.until !== undefined)
        time.after(trouble.until + index * 2_000 + 1, () => {
          sky.note?.(trouble.cluster, `${trouble.kind} of ${pod} is over`)
          model?.remove(uidOf(trouble, pod))
          if (plan.kind === 'work') inject({ ...noticeOf(trouble, pod), resolved: true }, trouble.cluster)
        })
    }
  }
  /** As a supervisor would send it, sometimes twice. */
  function inject(notice: Readonly<Record<string, unknown>>, cluster: string): void {
    const receivedAt = clock.now().toISOString()
    const fault = { ...notice, cluster, labels: {}, receivedAt, source: 'notification' }
    const body = JSON.stringify({ version: 1, type: 'faults', faults: [fault] })
    for (let copy = chance.happens(0.2) ? 2 : 1; copy > 0; copy--)
      time.after(chance.between(0, 5_000), () => void stores.faults.send(body))
  }
  /** As a supervisor would after a complete look. */
  function observe(cluster: string): void {
    const there = plan.troubles.filter((one) => one.cluster === cluster && one.until === undefined)
    const faults = there.flatMap((one) => one.pods.map((pod) => ({ ...noticeOf(one, pod), cluster })))
    const keys = faults.map((fault) => identityOf(FaultNotice.extend({ cluster: z.string() }).parse(fault)).key)
    const observedAt = clock.now().toISOString()
    void stores.faults.send(JSON.stringify({ version: 1, type: 'observed', cluster, observedAt, keys }))
  }
  function speakWrongly(): void {
    if (!chaos) return
    for (const { incidentId, fence, status } of incidents()) {
      if (status !== 'running' || !chance.happens(plan.impostors)) continue
      const late = { version: 1, incidentId, fence: chance.pick([fence, Math.max(0, fence - 1)]), ended: 'lost' }
      void stores.results.send(JSON.stringify(late))
    }
    time.after(3_000, speakWrongly)
  }
  /** Every fault that queue `faults` has ever had: whatever becomes of the cluster, those must be accounted for. */
  const accepted: Fault[] = []
  const send = stores.faults.send
  Object.assign(stores.faults, {
    send: async (body: string, more?: { readonly delaySeconds?: number }) => {
      const message = JSON.parse(body) as TriageMessage
      if (message.type === 'faults') accepted.push(...(message.faults as Fault[]))
      return send(body, more)
    },
  })

  if (plan.impostors > 0) time.after(3_000, speakWrongly)
  // In one world of four somebody mutes a cluster for a while; what that holds back must be there at the end.
  if (plan.kind !== 'watch' && seed % 4 === 0)
    time.after((seed * 7_919) % (plan.chaosMs / 2), () => {
      const until = new Date(BEGINNING + plan.chaosMs)
      const match = { cluster: [plan.clusters[seed % 3] ?? '*'] }
      void muteBook({ control: stores.control, clock, random: () => 0.5 }).add({ match, until, reason: 'chaos' })
    })
  let stops = supervise()
  await time.runUntil(plan.chaosMs)
  chaos = false
  sky.weather = calm
  sky.note?.('the world', 'CALM: nothing goes wrong any more')
  await untilLooked()

  /** By windows that begin now. */
  async function untilLooked(): Promise<void> {
    if (plan.kind === 'work') return
    const from = time.now()
    for (const end = time.now() + CALM_MS; time.now() < end; ) {
      await time.runUntil(time.now() + CALM_STEP_MS)
      if (plan.clusters.every((name) => (models.get(name)?.lookedBy() ?? -1) >= from)) break
    }
    // What was found reaches the queue.
    await time.runUntil(time.now() + CALM_STEP_MS)
    for (const stop of stops) stop()
  }
  const anyWronglyOver = () =>
    incidents().some(
      ({ status, absentSince, cluster, owner, faultClass }) =>
        (status === 'resolved' || absentSince !== undefined) &&
        plan.troubles.some(
          (one) =>
            one.until === undefined &&
            one.cluster === cluster &&
            one.deployment === owner.name &&
            one.kind === faultClass,
        ),
    )
  // A clock that is ten minutes behind believes in a mute for as long; a sweep takes its mark away after that.
  const isUnmuted = ({ status, muted }: Incident) => status === 'resolved' || muted === undefined
  const quiet = () =>
    incidents().every(isUnmuted) &&
    [stores.faults, stores.results, stores.notices, ...Object.values(poisoned)].every(
      ({ messages }) => messages.length === 0,
    ) &&
    agents.names().length === 0 &&
    incidents().every(({ status }) => check.isOver(status))
  const untilQuiet = async () => {
    for (const end = time.now() + LONGEST_MS; time.now() < end; ) {
      await time.runUntil(time.now() + STEP_MS)
      if (quiet()) return
    }
  }
  await untilQuiet()
  if (plan.kind !== 'work' && plan.weather.skewMs > 0 && anyWronglyOver()) {
    // Clocks that are so far apart that an older look counts as a newer one: the next window tells it again.
    stops = supervise()
    await untilLooked()
    await untilQuiet()
  }
  if (plan.toTheEnd) {
    // Long enough for the most wrong clocks to agree on what is past.
    await time.runUntil(time.now() + 2 * plan.weather.skewMs + STEP_MS)
    stops = supervise()
    if (plan.kind === 'work') for (const name of plan.clusters) observe(name)
    await untilLooked()
    await time.runUntil(time.now() + settings.QUIET_PERIOD_SECONDS * 1_000 + 2 * STEP_MS)
    await untilQuiet()
  }
  const holders = await stores.control.get('agents', 'slots')
  finalCheck(check, {
    plan,
    now: time.now(),
    incidents: incidents(),
    past: stores.history.rows().map(incidentIn),
    accepted,
    kept: await textsOf(stores.deadLetters),
    holders: holders === undefined ? '[]' : String(holders.fields.holders),
    groups: agents.names(),
    waiting: [stores.faults, stores.results, stores.notices].reduce((sum, { messages }) => sum + messages.length, 0),
    pages,
    uploaded,
    posts,
    listed,
    owed,
    counted: stores.control
      .rows()
      .filter(({ partition }) => partition === TOTALS)
      .map(totalsIn),
    quietForGood: plan.toTheEnd,
  })
  const twice = posts.length - new Set(posts.map(({ id }) => id)).size
  const all = [...incidents(), ...stores.history.rows().map(incidentIn)]
  return {
    seed,
    violations: check.violations,
    history,
    happened: time.happened(),
    incidents: all.length,
    reports,
    posts: posts.length,
    twice,
  }
}

const textsOf = async (blobs: MemoryBlobs): Promise<string> =>
  (await Promise.all(blobs.names().map(async (name) => (await blobs.read(name, 10_000_000))?.text ?? ''))).join('\n')
