import type { Cluster } from '../../config/cluster.ts'
import { clusterFromEntry, type DiscoveryEntry } from '../../config/discovery-entry.ts'
import type { Listing } from '../../config/remembered.ts'
import type { SecretDeps } from '../../config/secret-ref.ts'
import { entrySource, namedBy } from '../../mcp-server/sources/entry-source.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'

/** Nothing answers there yet, or any more; `unavailable` is trouble once a cluster is watched. */
const notYet =
  /^(provisioning|waiting|pending|creating|importing|registering|removing|removed|inactive|deleting|stopped)$/i
const notThere = /^(unavailable|error|disconnected)$/i

/** The clusters that one place of `discovery:` knows, asked as the MCP server asks it. */
export async function discoverClusters(entry: DiscoveryEntry, secrets: SecretDeps, clock: Clock): Promise<Listing> {
  const source = await entrySource(entry, { secrets, clock })
  try {
    await source.refresh(true)
    const [problem] = source.problems()
    if (problem !== undefined) throw new GiveUp(problem)
    const listing = source.current().map((found) => {
      const { target, state = '' } = found
      if (target.problem !== undefined) return `${target.source}: ${target.problem}`
      if (notYet.test(state)) return { name: target.name, heldBack: state }
      if (notThere.test(state)) return kept(clusterFromEntry(entry, namedBy(found)), state)
      return clusterFromEntry(entry, namedBy(found))
    })
    const soon = source.soon?.()
    return [...listing, ...(source.notes?.() ?? []), ...(soon === undefined ? [] : [{ soon }])]
  } finally {
    await source.close?.()
  }
}

const kept = (cluster: Cluster | string, state: string) =>
  typeof cluster === 'string' ? cluster : { name: cluster.name, heldBack: state, onlyIfNew: true }
