import type { Clock } from '../runtime/clock.ts'
import { errorText } from '../runtime/errors.ts'
import { Cluster } from './cluster.ts'
import type { ClustersSource } from './clusters-source.ts'
import { describeIssues } from './describe-issues.ts'

/** What some directory of clusters knows of one. */
export type Found = {
  readonly name: string
  readonly location: string
  readonly tags: Readonly<Record<string, string>>
}

/** Clusters come and go by the hour; each look is a request to a directory that limits its callers. */
const FRESH_MS = 5 * 60_000

/**
 * Tags of a cluster become its entry: `nightcrier-endpoint` (required), `-name`, `-environment`, `-severity`, `-key` and
 * `-kubeconfig`, the last two names of secrets. Without a kubeconfig its faults are told and not investigated.
 */
export function clusterFromTags({ name, location, tags }: Found): Cluster | string {
  const tag = (key: string): string => tags[`nightcrier-${key}`] ?? ''
  const kubeconfig = tag('kubeconfig')
  const given = {
    name: tag('name') || name,
    environment: tag('environment'),
    labels: location === '' ? {} : { region: location },
    mcp: { endpoint: tag('endpoint'), ...(tag('key') === '' ? {} : { api_key: `keyvault:${tag('key')}` }) },
    triage: {
      enabled: kubeconfig !== '',
      ...(kubeconfig === '' ? {} : { kubeconfig: `keyvault:${kubeconfig}` }),
      ...(tag('severity') === '' ? {} : { severity_threshold: tag('severity') }),
    },
  }
  const parsed = Cluster.safeParse(given)
  if (parsed.success) return parsed.data
  return `the tags of ${name.slice(0, 63)} make no cluster: ${describeIssues(parsed.error, Cluster, given).join('; ')}`
}

export type DiscoveryDeps = {
  readonly find: () => Promise<readonly Found[]>
  readonly clock: Pick<Clock, 'now'>
  /** Told once for each new problem. */
  readonly log: (message: string) => void
}

/** The clusters of a file and those that a directory knows; a name given by hand wins. What was found last stays while the directory is away. */
export function withDiscovery(source: ClustersSource, deps: DiscoveryDeps): ClustersSource {
  let found: readonly Cluster[] = []
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined
  let told = ''
  let before: ReadonlyMap<string, string> = new Map()

  async function look(): Promise<void> {
    let problem = ''
    try {
      const read = (await deps.find()).map(clusterFromTags)
      found = firstOfName(read.filter((one) => typeof one !== 'string'))
      problem = read.filter((one) => typeof one === 'string').join('\n')
    } catch (error) {
      problem = `Clusters could not be discovered, those found last stay: ${errorText(error)}`
    }
    if (problem !== '' && problem !== told) deps.log(problem)
    told = problem
  }

  return {
    current: async () => {
      const now = deps.clock.now().getTime()
      if (now - lookedAt > FRESH_MS) {
        lookedAt = now
        looking = look()
      }
      await looking
      const { clusters: byHand, ...rest } = await source.current()
      const clusters = firstOfName([...byHand, ...found])
      const texts = new Map(clusters.map((cluster) => [cluster.name, JSON.stringify(cluster)]))
      const changed = {
        added: [...texts.keys()].filter((name) => !before.has(name)),
        removed: [...before.keys()].filter((name) => !texts.has(name)),
        modified: [...texts].flatMap(([name, text]) => (before.has(name) && before.get(name) !== text ? [name] : [])),
      }
      before = texts
      return { ...rest, clusters, changed }
    },
  }
}

/** Upper and lower case count as the same, as in the file. */
function firstOfName(clusters: readonly Cluster[]): readonly Cluster[] {
  const names = new Set<string>()
  return clusters.filter(({ name }) => {
    const key = name.toLowerCase()
    return !names.has(key) && names.add(key)
  })
}
