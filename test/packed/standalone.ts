import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { loopingPod } from '../end-to-end/looping-pod.ts'
import { startReceiver } from '../fakes/receiver.ts'
import { startSimulator } from '../simulator/simulator.ts'
import type { Installed } from './install.ts'

/** A start on a busy machine: Azurite, then the functions one after the other. */
const START_MS = 120_000
/** After the last restart: agents that died are found overdue, leases run out, messages come back. */
const SETTLE_MS = 5 * 60_000
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

export type StandaloneCounts = {
  readonly faults: number
  readonly kills: readonly string[]
  readonly reported: number
  /** Of owners that have no incident with a report. */
  readonly missing: readonly string[]
  /** Owners with two incidents, and incidents that were told more than once. */
  readonly twice: readonly string[]
  readonly seconds: number
}

type Running = { readonly child: ChildProcess; readonly said: string[] }

/** The installed product on one folder, killed and started again while faults come in; each must be reported once. */
export async function standaloneRun(
  installed: Installed,
  faults: number,
  say: (line: string) => void,
): Promise<StandaloneCounts> {
  await using stack = new AsyncDisposableStack()
  const begun = Date.now()
  const simulator = await startSimulator({ objects: [], name: 'home' })
  stack.defer(simulator.stop)
  const receiver = await startReceiver()
  stack.defer(receiver.stop)
  const kube = join(installed.folder, 'kube')
  await mkdir(kube, { recursive: true })
  await writeFile(join(kube, 'home.yaml'), simulator.kubeconfig)
  const port = await freePort()
  const data = join(installed.folder, 'data')
  const key = async () => (await readFile(join(data, 'function-key'), 'utf8')).trim()

  let running = await start()
  stack.defer(() => end('SIGTERM'))

  async function start(): Promise<Running> {
    const args = ['serve', '--data', data, '--kubeconfig', kube, '--port', String(port)]
    const child = spawn(installed.bin('nightcrier'), args, {
      cwd: installed.folder,
      env: {
        PATH: installed.path,
        HOME: installed.folder,
        SLACK_WEBHOOK_URL: `${receiver.url}/slack`,
        // Seconds in place of minutes, as in the demo: what is watched does not change by it.
        LEASE_SECONDS: '10',
        RECONCILE_SECONDS: '15',
        AGENT_TIMEOUT: '60',
        QUIET_PERIOD_SECONDS: '3600',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => void (said.length < 400 && said.push(line)))
    const until = Date.now() + START_MS
    while (!said.some((line) => line.includes('Nightcrier') && line.includes('watches'))) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`serve did not start (${child.exitCode}):\n${said.join('\n')}`)
      await pause(100)
    }
    return { child, said }
  }
  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = running
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  const owners: string[] = []
  const kills: string[] = []
  const ways = ['the whole, at once', 'storage', 'a worker', 'the whole, politely', 'storage and the whole'] as const
  for (let at = 0; at < faults; at++) {
    // The ReplicaSet's name without the hash of its template: its Deployment, as incidents know it.
    owners.push(`app${at}x`)
    simulator.apply([loopingPod(`app${at}x-6bf586c785-bhf${'bcdfghjkl'[at % 9]}m`)])
    await pause(4_000)
    const way = ways[at]
    if (way === undefined) continue
    kills.push(way)
    say(`killed: ${way}`)
    const children = await childrenOf(running.child.pid ?? 0)
    const storage = children.filter(({ command }) => command.includes('azurite'))
    const workers = children.filter(({ command }) => command.includes('worker'))
    if (way.startsWith('storage')) for (const { pid } of storage) process.kill(pid, 'SIGKILL')
    if (way === 'a worker') for (const { pid } of workers.slice(0, 4)) process.kill(pid, 'SIGKILL')
    if (!way.includes('the whole')) continue
    await end(way.includes('politely') ? 'SIGTERM' : 'SIGKILL')
    running = await start()
  }

  let incidents: readonly Row[] = []
  for (const until = Date.now() + SETTLE_MS; Date.now() < until; await pause(2_000)) {
    incidents = await rows(port, await key()).catch(() => incidents)
    if (owners.every((owner) => incidents.some((row) => row.owner.name === owner && done(row)))) break
  }
  // A second notice would come within the next moments.
  await pause(5_000)
  const told = receiver.received.map(({ body }) => body)
  const reports = (id: string) =>
    told.filter((body) => body.includes(id) && !/Resolved|over/i.test(titleOf(body))).length
  for (const body of told) say(`told: ${titleOf(body)}`)
  for (const { incidentId, status, owner } of incidents) say(`${incidentId}: ${status} ${owner.name}`)
  const mine = incidents.filter(({ owner }) => owners.includes(owner.name))
  return {
    faults,
    kills,
    reported: mine.filter(done).length,
    missing: owners.filter((owner) => !mine.some((row) => row.owner.name === owner && done(row))),
    twice: [
      ...owners.filter((owner) => mine.filter((row) => row.owner.name === owner).length > 1),
      ...mine.flatMap(({ incidentId }) =>
        reports(incidentId) > 1 ? [`${incidentId} told ${reports(incidentId)} times`] : [],
      ),
      ...mine.flatMap(({ incidentId }) => (reports(incidentId) === 0 ? [`${incidentId} never told`] : [])),
    ],
    seconds: Math.round((Date.now() - begun) / 1_000),
  }
}

type Row = { readonly incidentId: string; readonly status: string; readonly owner: { readonly name: string } }
const done = ({ status }: Row) => ['reported', 'evidence-only', 'failed'].includes(status)
const titleOf = (body: string): string => String(JSON.parse(body).text ?? '').slice(0, 120)

async function rows(port: number, key: string): Promise<readonly Row[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/incidents?limit=100`, {
    headers: { 'x-functions-key': key },
  })
  const { incidents } = (await response.json()) as { incidents: readonly Row[] }
  return incidents
}

async function childrenOf(pid: number): Promise<readonly { readonly pid: number; readonly command: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'pid=,args=', '--ppid', String(pid)])
  return stdout
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [, number, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
      return number === undefined ? [] : [{ pid: Number(number), command }]
    })
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
