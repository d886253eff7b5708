import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from '../../infra/local/host/start-host.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { startFaultServer } from '../fakes/fault-server.ts'
import type { Weather } from '../fakes/weather-proxy.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { judge, type Owed, waiting } from './kill-judge.ts'
import { loopingDeployments } from './looping-deployments.ts'
import { loopingPod } from './looping-pod.ts'
import { starvedWhile } from './starved.ts'
import { type Blindness, watchGaps } from './watch-gaps.ts'
import { type WholeApp, wholeApp } from './whole-app.ts'

const CLUSTERS = 12
const OWNERS = 4
const PODS = 11
/** Kubernetes' alphabet of generated names. */
const letters = 'bcdfghjklmnpqrstvwxz'
/**
 * A message whose process was killed comes back after this, where Azure takes ten minutes; and a place is told of a
 * subject by one process at a time, for three minutes at most.
 */
const VISIBILITY_MS = 45_000
/** After the last kill: leases run out, messages come back, the sweep speaks for the dead, and their notices are told. */
const SETTLE_MS = 8 * 60_000
/** Undisturbed at first, so long that each supervisor ends a window; a quarter of a short run. */
const CALM_SECONDS = 15
const LEASE_SECONDS = 5
const settings = {
  SUPERVISORS: '2',
  SUPERVISOR_WINDOW_SECONDS: '20',
  LEASE_SECONDS: String(LEASE_SECONDS),
  RECONCILE_SECONDS: '10',
  AGENT_TIMEOUT: '20',
  MAX_CONCURRENT_AGENTS: '4',
  QUIET_PERIOD_SECONDS: '3600',
}

export type KillCounts = Owed & {
  readonly faults: number
  readonly lost: number
  readonly incidents: number
  readonly unfinished: number
  readonly posts: number
  /** Before anything is killed. */
  readonly blind: Blindness
  /** From the death of a supervisor until all its clusters are heard by another. */
  readonly takeoverSeconds: number
  /** How many times slower the machine was meanwhile than its processor is. */
  readonly starved: number
  readonly leaseSeconds: number
  readonly kills: Readonly<Record<string, number>>
  readonly seconds: number
}

/** The built app over Azurite, whose processes are killed at random for some minutes while faults keep coming. */
export async function killRun(minutes: number, say: (line: string) => void, lostPercent = 0): Promise<KillCounts> {
  await using stack = new AsyncDisposableStack()
  const startedAt = Date.now()
  const server = await startFaultServer()
  stack.defer(server.stop)
  const deployments = Array.from({ length: OWNERS }, (_, index) => `app${index}x`)
  const podsOf = Object.fromEntries(
    deployments.map((name, owner) => [
      name,
      Array.from({ length: PODS }, (_, index) => `${name}-6bf586c785-${letters[index]}hf${letters[owner]}m`),
    ]),
  )
  const simulator = await startSimulator({ read: loopingDeployments(podsOf) })
  stack.defer(() => simulator.stop())
  const names = Array.from({ length: CLUSTERS }, (_, index) => `c${index}`)
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-kill-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, simulator.kubeconfig)
  const clusters = names.map((name) => ({
    name,
    mcp: { endpoint: server.endpoint(name) },
    triage: { enabled: true, kubeconfig: `file:${kubeconfig}` },
  }))
  // Applied, and the answer does not come: the library sends it again by itself. Reads are told by their method.
  const weather: Weather = ({ method, tried }) =>
    tried === 1 && method !== 'GET' && method !== 'HEAD' && Math.random() * 100 < lostPercent
      ? Math.random() < 0.5
        ? 'lost-reset'
        : 'lost-500'
      : 'pass'
  const app = await wholeApp(stack, clusters, settings, 1, {
    visibilityMs: VISIBILITY_MS,
    ...(lostPercent === 0 ? {} : { weather }),
  })
  const host = await app.startFunctions()
  const timers = setInterval(() => host.trigger('sweep'), 5_000)
  stack.defer(() => clearInterval(timers))

  const end = Date.now() + minutes * 60_000
  const gaps = watchGaps(app, server, names)
  await gaps.allHeard()
  const blind = await gaps.blindness(CALM_SECONDS)
  const { result: takeoverSeconds, starved } = await starvedWhile(() => gaps.takeover(host))
  say(
    `undisturbed ${JSON.stringify(blind)}; a dead supervisor's clusters are heard again after ${takeoverSeconds} s, of a machine ${starved.toFixed(1)} times too slow`,
  )

  const kills: Record<string, number> = {}
  const pods: { readonly cluster: string; readonly pod: string }[] = []
  const all = names.flatMap((cluster) => Object.values(podsOf).flatMap((ones) => ones.map((pod) => ({ cluster, pod }))))
  const every = ((end - Date.now()) * 0.8) / all.length
  let killAt = Date.now() + 5_000
  for (const one of shuffled(all)) {
    begin(one.cluster, one.pod)
    pods.push(one)
    await pause(every)
    if (Date.now() < killAt) continue
    await killOne(app, host, kills)
    killAt = Date.now() + 500 + Math.random() * 3_000
  }
  while (Date.now() < end) {
    await pause(500 + Math.random() * 3_000)
    await killOne(app, host, kills)
  }
  say(`killed ${JSON.stringify(kills)}; waiting for rest`)

  function begin(cluster: string, pod: string): void {
    const model = server.at(cluster)
    model.objects = [...model.objects, loopingPod(pod)]
    server.emit(cluster, {
      faultId: `${cluster}-${pod}`,
      faultType: 'CrashLoop',
      severity: 'critical',
      resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: pod, uid: `uid-${pod}` },
      context: 'Container entered CrashLoopBackOff state',
      timestamp: new Date().toISOString(),
    })
  }

  const final = new Set(['reported', 'evidence-only', 'failed', 'skipped'])
  let incidents: readonly Incident[] = []
  let missing = pods.length
  let left: Readonly<Record<string, number>> = {}
  for (const until = Date.now() + SETTLE_MS; Date.now() < until; await pause(2_000)) {
    incidents = (await app.incidents.list({}, 1_000)).items.map(({ incident }) => incident)
    const counted = new Set(
      incidents.flatMap(({ cluster, resource, members }) =>
        [resource, ...members].map(({ name }) => `${cluster}/${name}`),
      ),
    )
    missing = pods.filter(({ cluster, pod }) => !counted.has(`${cluster}/${pod}`)).length
    if (missing > 0 || !incidents.every(({ status }) => final.has(status))) continue
    // What is told of them may still wait for its turn, or for the end of a process that died over it.
    left = await waiting(app)
    // The servers go on saying what is wrong, so that there are always faults.
    if (left.results === 0 && left.notices === 0 && left.folded === 0) break
  }
  say(`messages left: ${JSON.stringify(left)}`)
  return {
    faults: pods.length,
    lost: missing,
    incidents: incidents.length,
    unfinished: incidents.filter(({ status }) => !final.has(status)).length,
    posts: app.posts.length,
    ...(await judge(app, incidents, kills.notify ?? 0, say)),
    blind,
    takeoverSeconds,
    starved,
    leaseSeconds: LEASE_SECONDS,
    kills,
    seconds: Math.round((Date.now() - startedAt) / 1000),
  }
}

/** One process that this run has started: a function's worker, or an agent. */
async function killOne(app: WholeApp, host: Host, kills: Record<string, number>): Promise<void> {
  const agents = Math.random() < 0.3 ? await agentPids(app.settings.LOCAL_GROUPS_DIR) : []
  const wanted = /^(supervisor|triage|report|sweep|notify)/
  const workers = host
    .workers()
    .filter(({ functions }) => functions.some((name) => wanted.test(name)))
    .map(({ functions, pid }) => ({ name: functions[0] ?? '', pid }))
  const victim = pick(agents.length > 0 ? agents : workers)
  if (victim === undefined || !(victim.pid > 1)) return
  try {
    process.kill(victim.pid, 'SIGKILL')
    kills[victim.name] = (kills[victim.name] ?? 0) + 1
  } catch {
    // It has ended by itself.
  }
}

async function agentPids(folder: string): Promise<readonly { name: string; pid: number }[]> {
  const found: { name: string; pid: number }[] = []
  for (const group of await readdir(folder).catch(nothing)) {
    const files = await readdir(join(folder, group)).catch(nothing)
    for (const file of files.filter((one) => one.endsWith('.pid') && !files.includes(one.replace(/pid$/, 'exit')))) {
      const pid = Number(await readFile(join(folder, group, file), 'utf8').catch(() => ''))
      if (pid > 1) found.push({ name: 'agent', pid })
    }
  }
  return found
}

/** Groups come and go while they are looked for. */
const nothing = (): string[] => []
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)]
const shuffled = <T>(list: readonly T[]): readonly T[] =>
  list
    .map((one) => ({ one, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one)
