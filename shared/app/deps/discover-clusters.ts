import type { Cluster } from '../../config/cluster.ts'
import { clusterFromEntry, type DiscoveryEntry } from '../../config/discovery-entry.ts'
import type { SecretDeps } from '../../config/secret-ref.ts'
import { entrySource, namedBy } from '../../mcp-server/sources/entry-source.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'

/** The clusters that one place of `discovery:` knows, asked as the MCP server asks it. */
export async function discoverClusters(
  entry: DiscoveryEntry,
  secrets: SecretDeps,
  clock: Clock,
): Promise<readonly (Cluster | string)[]> {
  const source = await entrySource(entry, { secrets, clock })
  try {
    await source.refresh(true)
    const [problem] = source.problems()
    if (problem !== undefined) throw new GiveUp(problem)
    return source.current().map((found) => found.target.problem ?? clusterFromEntry(entry, namedBy(found)))
  } finally {
    await source.close?.()
  }
}
