import { startFaultServer } from '../fakes/fault-server.ts'
import { aFault } from '../shared/subscription/supervised.ts'
import { eventually, wholeApp } from './whole-app.ts'

export type FairRun = {
  /** What one cluster told at once. */
  readonly flood: number
  readonly floodSeconds: number
  /** From the moment another cluster told its only fault until its incident stood there, for each try. */
  readonly admittedSeconds: readonly number[]
  readonly admittedOfFlood: number
}

/** Between two tries: the flood is at another point of its way. */
const BETWEEN_MS = 15_000

/** One cluster of the whole local app tells so many faults at once, then another tells one, several times. */
export async function fairRun(flood: number, tries: number, say: (line: string) => void): Promise<FairRun> {
  await using stack = new AsyncDisposableStack()
  const servers = await startFaultServer()
  stack.defer(servers.stop)
  const clusters = ['loud', 'quiet'].map((name) => ({ name, mcp: { endpoint: servers.endpoint(name) } }))
  const app = await wholeApp(stack, clusters, { SUPERVISORS: '1' }, 1)
  await app.startFunctions()
  const watched = () => ['loud', 'quiet'].every((name) => servers.at(name).watchers.length > 0)
  await eventually('both are watched', 90, async () => watched(), Boolean)

  const emit = (cluster: string, at: number) => {
    const { resource, ...rest } = aFault()
    const namespace = `team-${at % 3_000}`
    const own = { ...resource, namespace, name: `web${at}-6bf586c785-chf5m`, uid: `uid-${cluster}-${at}` }
    return servers.emit(cluster, { ...rest, faultId: `${cluster}-${at}`, resource: own })
  }
  const began = Date.now()
  for (let at = 0; at < flood; at++) {
    emit('loud', at)
    // The stream is read between.
    if (at % 500 === 499) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const floodSeconds = (Date.now() - began) / 1_000
  say(`${flood} faults told in ${floodSeconds.toFixed(1)} s`)

  const admittedSeconds: number[] = []
  for (let attempt = 0; attempt < tries; attempt++) {
    const told = Date.now()
    if (emit('quiet', attempt) === 0) throw new Error('nobody watches the quiet cluster any more')
    await eventually(
      `fault ${attempt} of the quiet cluster`,
      300,
      async () => (await app.incidents.list({ cluster: 'quiet' }, 100)).items.length,
      (count) => count > attempt,
    )
    admittedSeconds.push((Date.now() - told) / 1_000)
    say(`the quiet cluster's fault is admitted after ${admittedSeconds.at(-1)?.toFixed(1)} s`)
    if (attempt + 1 < tries) await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
  }
  const { items } = await app.incidents.list({ cluster: 'loud' }, 10_000)
  return { flood, floodSeconds, admittedSeconds, admittedOfFlood: items.length }
}
