import { readSettings } from '../../shared/config/settings.ts'
import { chanceOf } from '../chaos/chance.ts'
import { type Fleet, type Silence, simulatedFleet } from './simulated-fleet.ts'

export type Crowd = {
  readonly clusters: number
  readonly supervisors: number
  readonly silentPart: number
  readonly windows: number
}
export type Among = Crowd & {
  readonly healthy: number
  /** Seconds until all healthy ones are heard: from nothing, and after their servers' restart. */
  readonly firstStart: number | undefined
  readonly afterRestart: number | undefined
  /** The longest in which a healthy one was heard by nobody, over so many changes of window. */
  readonly changes: number
  readonly unheardAtChange: number
  readonly requestsPerClusterMinute: number
  readonly tookSeconds: number
}

/** Half a minute of virtual time is more than anything promised. */
const MOST_SECONDS = 60
const STEP_SECONDS = 0.1
const crowds: readonly Crowd[] = [500, 2_000].flatMap((clusters) =>
  [1, 2].map((supervisors) => ({ clusters, supervisors, silentPart: 0.9, windows: 3 })),
)

async function untilHeard(fleet: Fleet): Promise<number | undefined> {
  const from = fleet.seconds()
  while (fleet.seconds() - from < MOST_SECONDS) {
    await fleet.run(STEP_SECONDS)
    if (fleet.standing().unheard === 0) return Math.round((fleet.seconds() - from) * 10) / 10
  }
  return undefined
}

/** How healthy clusters are watched among many whose servers take connections and say nothing, or stop at the first call. */
export async function among(crowd: Crowd, seed = 1): Promise<Among> {
  const began = performance.now()
  const { clusters, supervisors, silentPart } = crowd
  const chance = chanceOf(seed)
  const { SUPERVISOR_WINDOW_SECONDS: windowSeconds } = readSettings({})
  const known = new Map<string, Silence | undefined>()
  const silent = (name: string) => {
    if (!known.has(name))
      known.set(name, chance.happens(silentPart) ? chance.pick(['connect', 'call'] as const) : undefined)
    return known.get(name)
  }
  const fleet = simulatedFleet({ clusters, supervisors, windowSeconds, seed, silent })
  const healthy = [...known].flatMap(([name, silence]) => (silence === undefined ? [name] : []))

  for (let at = 1; at <= supervisors; at++) fleet.start(`supervisor-${at}`)
  const firstStart = await untilHeard(fleet)
  await fleet.run(30)
  fleet.restart(healthy)
  const afterRestart = await untilHeard(fleet)
  await fleet.run(30)

  fleet.longestUnheardSeconds()
  const { reads, writes, messages } = fleet.counts
  const before = reads + writes + messages
  const windows = fleet.windows()
  const seconds = crowd.windows * windowSeconds
  await fleet.run(seconds)
  const unheardAtChange = Math.round(fleet.longestUnheardSeconds() * 100) / 100
  const requests = fleet.counts.reads + fleet.counts.writes + fleet.counts.messages - before
  return {
    ...crowd,
    healthy: healthy.length,
    ...{ firstStart, afterRestart, unheardAtChange },
    changes: fleet.windows() - windows,
    requestsPerClusterMinute: Math.round((requests / clusters / (seconds / 60)) * 100) / 100,
    tookSeconds: Math.round((performance.now() - began) / 100) / 10,
  }
}

export async function silentNeighbours(): Promise<readonly Among[]> {
  const all: Among[] = []
  for (const crowd of crowds) all.push(await among(crowd))
  return all
}

export function neighboursTable(all: readonly Among[]): string {
  const cells = all.map((one) => [
    `${one.clusters}, ${one.clusters - one.healthy} of them silent`,
    String(one.supervisors),
    `${one.firstStart ?? `over ${MOST_SECONDS}`} s`,
    `${one.afterRestart ?? `over ${MOST_SECONDS}`} s`,
    `${one.unheardAtChange} s`,
    String(one.changes),
    String(one.requestsPerClusterMinute),
    `${one.tookSeconds} s`,
  ])
  const head = [
    'clusters',
    'supervisors',
    'all healthy heard',
    'after their restart',
    'unheard at a change of window',
    'changes',
    'requests per cluster and minute',
    'took',
  ]
  return [head, ...cells]
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(head[at]?.length ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

if (import.meta.main) {
  const all = await silentNeighbours()
  console.log(process.argv.includes('--json') ? JSON.stringify(all) : neighboursTable(all))
}
