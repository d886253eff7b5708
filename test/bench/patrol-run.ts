import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { Cluster } from '../../shared/config/cluster.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { detectFaults } from '../../shared/faults/detect.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { runSupervisor } from '../../shared/subscription/supervisor.ts'
import { startFaultServer } from '../fakes/fault-server.ts'
import { memoryQueue } from '../fakes/memory-queue.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { type Counts, countedTable } from './counted-table.ts'

/** What one patrol takes: its clusters' servers run in a process of their own, storage is in memory and counted. */
async function measure(count: number) {
  const names = Array.from({ length: count }, (_, at) => `c${String(at).padStart(5, '0')}`)
  const server = fork(import.meta.filename, ['--serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    const [port] = await once(server, 'message')
    const clusters = names.map((name) =>
      Cluster.parse({ name, mcp: { endpoint: `http://127.0.0.1:${port}/${name}/mcp` } }),
    )
    const counts: Counts = { reads: 0, writes: 0, rowsRead: 0 }
    const queue = memoryQueue()
    const quiet = () => {}
    const deps = {
      clock: systemClock,
      random: Math.random,
      newId: () => String(performance.now()),
      log: { debug: quiet, info: quiet, warn: console.error, error: console.error },
      settings: { ...readSettings({}), PATROL_SECONDS: 10 },
      tables: { clusters: countedTable(counts).table, control: countedTable(counts).table },
      queue,
      deadLetters: { write: async () => true },
      clusters: { current: async () => ({ clusters }) },
      resolveApiKey: async () => undefined,
      detect: detectFaults,
      door: ownDoor,
    }
    const runs: { seconds: number; cpuSeconds: number; operations: number }[] = []
    for (let round = 0; round < 3; round++) {
      const before = { cpu: process.cpuUsage(), operations: counts.reads + counts.writes + queue.messages.length }
      const { seconds } = await runSupervisor(deps)('supervisor-1')
      const { user, system } = process.cpuUsage(before.cpu)
      const operations = counts.reads + counts.writes + queue.messages.length - before.operations
      runs.push({ seconds, cpuSeconds: (user + system) / 1e6, operations })
      await systemClock.sleep(5_500)
    }
    return runs.sort((a, b) => a.cpuSeconds - b.cpuSeconds)[1]
  } finally {
    server.kill()
  }
}

const { values } = parseArgs({
  options: { clusters: { type: 'string', default: '1,10,100,1000' }, serve: { type: 'boolean', default: false } },
})
if (values.serve) {
  const server = await startFaultServer()
  process.send?.(Number(new URL(server.endpoint('x')).port))
} else for (const count of values.clusters.split(',')) console.log(count, JSON.stringify(await measure(Number(count))))
