import { containers, queues, tables } from '../../artifacts/layout.ts'
import { detectFaults } from '../../faults/detect.ts'
import { randomId } from '../../runtime/ids.ts'
import type { Log } from '../../runtime/log.ts'
import { runSupervisor } from '../../subscription/supervisor.ts'
import type { Platform } from '../platform.ts'
import { untilItEnds } from './windows.ts'

/** One window of one supervisor with its real surroundings. */
export async function supervise(platform: Platform, log: Log, name: string): Promise<void> {
  const { settings, storage, clock, random } = platform
  const run = runSupervisor({
    clock,
    random,
    newId: randomId,
    log,
    settings,
    tables: { clusters: storage.table(tables.clusters), control: storage.table(tables.control) },
    queue: storage.queue(queues.faults),
    deadLetters: storage.blobs(containers.deadLetters),
    clusters: platform.clusters,
    resolveApiKey: async ({ mcp }) => (mcp.api_key === undefined ? undefined : platform.apiKey(mcp.api_key)),
    resolveIdentity: async ({ mcp }) => {
      const text = async (reference: string | undefined) =>
        reference === undefined ? undefined : platform.apiKey(reference)
      const [ca, certificate, key] = await Promise.all([mcp.ca, mcp.client_certificate, mcp.client_key].map(text))
      return { ca, certificate, key }
    },
    detect: detectFaults,
    door: await platform.door(),
  })
  await untilItEnds(clock, (signal) => run(name, signal))
}
