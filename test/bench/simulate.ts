import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { chanceOf } from '../chaos/chance.ts'
import { type Fleet, simulatedFleet } from './simulated-fleet.ts'

export type Size = { readonly clusters: number; readonly supervisors: number }
export type Happening = {
  readonly what: string
  /** Until every cluster is heard again and, except while supervisors restart, nobody has more than the part. */
  readonly convergedSeconds: number | undefined
  /** Clusters that went from one supervisor to another, and how few would have done. */
  readonly moves: number
  readonly leastMoves: number
  readonly storageRequests: number
  readonly longestUnheardSeconds: number
}
type Idle = { readonly requestsPerClusterMinute: number; readonly rowsReadPerSecond: number }
type Part = { readonly happenings: readonly Happening[]; readonly idle: Idle }
export type Simulated = Size & Part & { readonly tookSeconds: number }

const sizes: readonly Size[] = [
  { clusters: 1_000, supervisors: 2 },
  { clusters: 5_000, supervisors: 10 },
  { clusters: 20_000, supervisors: 40 },
]
/** Supervisors do not start in one moment. */
const SPREAD_MS = 3_000
/** The shortest in which a lease has its whole minute. */
const WINDOW_SECONDS = 240
const partOf = (clusters: number, supervisors: number) => Math.ceil(clusters / supervisors)
const requests = ({ counts: { reads, writes, messages } }: Fleet) => reads + writes + messages
const nameOf = (at: number) => `supervisor-${String(at).padStart(2, '0')}`
const surplus = (loads: readonly number[], part: number) =>
  loads.reduce((sum, load) => sum + Math.max(0, load - part), 0)

/** Lets something happen and answers what came of it; `act` says how few moves would do. */
async function happen(
  fleet: Fleet,
  what: string,
  seconds: number,
  act: () => number,
  { balanced = true }: { readonly balanced?: boolean } = {},
): Promise<Happening> {
  const before = { moves: fleet.moves(), requests: requests(fleet), at: fleet.seconds() }
  fleet.longestUnheardSeconds()
  const leastMoves = act()
  let unsettledAt = before.at
  for (let at = 0; at < seconds; at++) {
    await fleet.run(1)
    const { loads, unheard, clusters } = fleet.standing()
    const settled = unheard === 0 && (!balanced || Math.max(...loads) <= partOf(clusters, loads.length))
    if (!settled) unsettledAt = fleet.seconds()
  }
  return {
    what,
    convergedSeconds: unsettledAt === fleet.seconds() ? undefined : unsettledAt - before.at,
    moves: fleet.moves() - before.moves,
    leastMoves,
    storageRequests: requests(fleet) - before.requests,
    longestUnheardSeconds: Math.round(fleet.longestUnheardSeconds() * 10) / 10,
  }
}

function coldStart(fleet: Fleet, supervisors: number): Promise<Happening> {
  const chance = chanceOf(supervisors)
  return happen(fleet, 'cold start', 15, () => {
    for (let at = 1; at <= supervisors; at++) fleet.start(nameOf(at), chance.between(0, SPREAD_MS))
    return 0
  })
}

async function idleOf(fleet: Fleet, clusters: number): Promise<Idle> {
  const before = { requests: requests(fleet), rows: fleet.counts.rowsRead }
  await fleet.run(20)
  const round = (value: number) => Math.round(value * 1_000) / 1_000
  return {
    requestsPerClusterMinute: round(((requests(fleet) - before.requests) * 3) / clusters),
    rowsReadPerSecond: round((fleet.counts.rowsRead - before.rows) / 20),
  }
}

/** What a supervisor's process dies or comes does to the others. */
async function lives({ clusters, supervisors }: Size): Promise<Part> {
  const fleet = simulatedFleet({ clusters, supervisors })
  const happenings = [await coldStart(fleet, supervisors)]
  const idle = await idleOf(fleet, clusters)
  happenings.push(
    await happen(fleet, 'one supervisor dies', 85, () => {
      const [first = 0] = fleet.standing().loads
      fleet.kill(nameOf(1))
      return first
    }),
    await happen(fleet, 'one joins', 75, () => {
      const { loads } = fleet.standing()
      fleet.start(nameOf(supervisors + 1))
      return surplus(loads, partOf(clusters, supervisors))
    }),
  )
  return { happenings, idle }
}

async function changes({ clusters, supervisors }: Size): Promise<Pick<Part, 'happenings'>> {
  const fleet = simulatedFleet({ clusters, supervisors, windowSeconds: WINDOW_SECONDS })
  await coldStart(fleet, supervisors)
  const tenth = Math.floor(clusters / 10)
  const chance = chanceOf(clusters)
  const happenings = [
    await happen(fleet, '10 % added', 12, () => {
      fleet.configure((now) => [
        ...now,
        ...Array.from({ length: tenth }, (_, at) => `new-${String(at).padStart(5, '0')}`),
      ])
      return 0
    }),
    await happen(fleet, '10 % removed', 85, () => {
      const removed = new Set<string>()
      fleet.configure((now) => {
        while (removed.size < tenth) removed.add(chance.pick(now))
        return now.filter((name) => !removed.has(name))
      })
      return surplus(fleet.standing().loads, partOf(clusters, supervisors))
    }),
    // Each ends its window by its own deadline and begins the next: every cluster must leave its owner once.
    await happen(fleet, 'every supervisor restarts once', WINDOW_SECONDS + 5 - fleet.seconds(), () => clusters, {
      balanced: false,
    }),
  ]
  return { happenings }
}

/** One size, in this thread. */
export async function simulateHere(size: Size): Promise<readonly Happening[]> {
  return [...(await lives(size)).happenings, ...(await changes(size)).happenings]
}

/** The other half of the work, beside this thread. */
function changesInWorker(size: Size): ReturnType<typeof changes> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: size })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

/** Sharing of clusters over supervisors at all sizes; at most a minute on two free cores. */
export async function simulate(): Promise<readonly Simulated[]> {
  const results: Simulated[] = []
  for (const size of sizes) {
    const began = performance.now()
    const [one, two] = await Promise.all([lives(size), changesInWorker(size)])
    const tookSeconds = Math.round((performance.now() - began) / 100) / 10
    results.push({ ...size, idle: one.idle, happenings: [...one.happenings, ...two.happenings], tookSeconds })
  }
  return results
}

export function simulationTable(results: readonly Simulated[]): string {
  const lines = results.flatMap(({ clusters, supervisors, idle, happenings, tookSeconds }) => [
    `${clusters} clusters, ${supervisors} supervisors (${tookSeconds} s): idle ${idle.requestsPerClusterMinute} storage requests per cluster and minute, ${Math.round(idle.rowsReadPerSecond)} rows read a second`,
    '  happening                       converged    moves    least   requests  unheard at most',
    ...happenings.map((one) =>
      [
        `  ${one.what.padEnd(30)}`,
        `${one.convergedSeconds ?? 'NO'} s`.padStart(10),
        String(one.moves).padStart(8),
        String(one.leastMoves).padStart(8),
        String(one.storageRequests).padStart(10),
        `${one.longestUnheardSeconds} s`.padStart(16),
      ].join(' '),
    ),
  ])
  return lines.join('\n')
}

if (!isMainThread && parentPort !== null) {
  const size = z.object({ clusters: z.number(), supervisors: z.number() }).parse(workerData)
  parentPort.postMessage(await changes(size))
} else if (import.meta.main) {
  const results = await simulate()
  console.log(process.argv.includes('--json') ? JSON.stringify(results) : simulationTable(results))
}
