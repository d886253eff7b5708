import { z } from 'zod'
import { Cluster, labelKey, labelValue, SecretRef } from './cluster.ts'
import { describeIssues } from './describe-issues.ts'

/** A cluster as another system names it. */
export type NamedCluster = {
  readonly name: string
  readonly id: string
  /** Where its kubeconfig is, if the system that names it has it. */
  readonly kubeconfig?: string
}

const text = z.string().min(1).max(2_000)
/** The keys are those of the MCP server's own config (docs/mcp-server.md), the token a reference. */
const filter = {
  cluster_pattern: z.string().min(1).max(200).optional(),
  exclude_clusters: z.array(text).max(1_000).optional(),
  rancher_insecure: z.boolean().optional(),
}
const Rancher = z.strictObject({ rancher_url: text, rancher_token: SecretRef, ...filter })
const Nsk = z.strictObject({
  rancher_url: text.optional(),
  rancher_token: SecretRef.optional(),
  ...filter,
  nsk_path: text.optional(),
  profile: text.optional(),
  config_dir: text.optional(),
  list_args: z.array(text).max(50).optional(),
})

const Outline = z.strictObject({
  rancher: Rancher.optional(),
  nsk: Nsk.optional(),
  kubeconfig_dir: text.optional(),
  /** `{name}` and `{id}` in these three are filled in for each cluster. */
  endpoint: text,
  api_key: text.optional(),
  triage: z.looseObject({ kubeconfig: text.optional() }).optional(),
  environment: z.string().max(63).optional(),
  labels: z.record(labelKey, labelValue).optional(),
})
type Outline = z.infer<typeof Outline>

/** One place that tells of clusters, and what is said of each of them. */
export const DiscoveryEntry = Outline.superRefine((entry, context) => {
  const { rancher, nsk, kubeconfig_dir } = entry
  const places = [rancher, nsk, kubeconfig_dir].filter((one) => one !== undefined)
  if (places.length !== 1) context.addIssue('must name one place: rancher, nsk or kubeconfig_dir')
  if (!/\{(name|id)\}/.test(entry.endpoint))
    context.addIssue({
      code: 'custom',
      path: ['endpoint'],
      message: 'must hold {name} or {id}: each cluster has its own',
    })
  const example = clusterGiven(entry, { name: 'example', id: 'example' })
  for (const issue of Cluster.safeParse(example).error?.issues ?? []) {
    const path = issue.path[0] === 'mcp' ? issue.path.slice(1) : issue.path
    const message = issue.code === 'unrecognized_keys' ? `has unknown keys: ${issue.keys.join(', ')}` : issue.message
    context.addIssue({ code: 'custom', path: [...path], message })
  }
})
export type DiscoveryEntry = z.infer<typeof DiscoveryEntry>

/** How messages call the place; holds no secret. */
export const placeOf = ({ rancher, nsk, kubeconfig_dir: directory }: DiscoveryEntry): string =>
  rancher !== undefined ? `Rancher ${rancher.rancher_url}` : nsk !== undefined ? 'nsk' : `the folder ${directory}`

/** The entry that somebody would have written; what is wrong with it, in words. */
export function clusterFromEntry(entry: DiscoveryEntry, named: NamedCluster): Cluster | string {
  const given = clusterGiven(entry, named)
  const parsed = Cluster.safeParse(given)
  if (parsed.success) return parsed.data
  const what = describeIssues(parsed.error, Cluster, given).join('; ')
  return `${placeOf(entry)}: "${named.name.slice(0, 63)}" makes no cluster: ${what}`
}

function clusterGiven(entry: Outline, { name, id, kubeconfig }: NamedCluster) {
  const filled = (template: string, change: (text: string) => string) =>
    template.replace(/\{(name|id)\}/g, (_, key) => change(key === 'id' ? id : name))
  const { endpoint, api_key: key, triage = {}, environment = '', labels = {} } = entry
  const reference = triage.kubeconfig === undefined ? kubeconfig : filled(triage.kubeconfig, String)
  return {
    name,
    environment,
    labels,
    mcp: {
      endpoint: filled(endpoint, encodeURIComponent),
      ...(key === undefined ? {} : { api_key: filled(key, String) }),
    },
    triage: {
      enabled: reference !== undefined,
      ...triage,
      ...(reference === undefined ? {} : { kubeconfig: reference }),
    },
  }
}
