import { RE2JS } from 're2js'
import { z } from 'zod'
import { serverAddress } from '../../kubernetes/server-address.ts'
import { GiveUp } from '../../runtime/errors.ts'

/** The form of the config file; command line and environment fill in what it leaves out. */

const path = z.string().min(1).max(4_096)
/** One, or a list of them. */
const paths = z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(path).max(100).default([]))
const clusterName = z.string().min(1).max(253)
/** RE2 takes time in proportion to the text, whatever the pattern; the length bounds what compiling it costs. */
export const MAX_PATTERN = 200
export const pattern = z
  .string()
  .min(1)
  .max(MAX_PATTERN)
  .refine((text) => compiles(text), { error: 'must be a regular expression (RE2, without look-around)' })
/** More often than this would be a burden to a Rancher with many clusters. */
const LEAST_SECONDS = 10
const MOST_SECONDS = 7 * 24 * 3600

/** `30m`, `1h`, `1h30m`, as seconds. */
const interval = z
  .string()
  .max(20)
  .refine((text) => /^(\d+h)?(\d+m)?(\d+s)?$/.test(text) && text !== '', { error: 'must be such as 30s, 15m or 1h30m' })
  .transform(seconds)
  .refine((value) => value >= LEAST_SECONDS && value <= MOST_SECONDS, { error: 'must be 10s to 168h' })
const address = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    try {
      return serverAddress(text, (what) => new GiveUp(what))
    } catch {
      context.addIssue('must be an https:// address (http:// on this machine only), without user, query or fragment')
      return z.NEVER
    }
  })
const token = z
  .string()
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/, 'must be a token without spaces, or file:<path>')

const filter = {
  auto_refresh: z.boolean().default(false),
  refresh_interval: interval.prefault('1h'),
  cluster_pattern: pattern.optional(),
  exclude_clusters: z.array(clusterName).max(1_000).default([]),
}
const discovery = {
  rancher_insecure: z.boolean().default(false),
  profile: z.string().min(1).max(128).optional(),
  config_dir: path.optional(),
  ...filter,
}
/** How the clusters of a Rancher are reached. */
const access = z.enum(['proxy', 'kubeconfig']).default('proxy')
const RancherTable = z.strictObject({ rancher_url: address, rancher_token: token, ...discovery, access })
export type RancherTable = z.infer<typeof RancherTable>
/** One argument each; `{name}` and the like are filled in, and an argument whose value is not set is left out. */
const argv = z.array(z.string().max(300)).min(1).max(50)
const NskTable = z.strictObject({
  rancher_url: address.optional(),
  rancher_token: token.optional(),
  ...discovery,
  access,
  nsk_path: path.default('nsk'),
  list_args: argv.default(['cluster', 'list', '--output=json', '--confdir={config_dir}', '--profile={profile}']),
  kubeconfig_args: argv
    .refine((all) => all.some((one) => one.includes('{name}')), { error: 'must have {name} in one of its arguments' })
    .default(['cluster', 'kubeconfig', '--name={name}', '--confdir={config_dir}', '--profile={profile}', '--stdout']),
})
export type NskTable = z.infer<typeof NskTable>

const subscription = z.string().regex(/^[A-Za-z\d][\w-]{0,63}$/, 'must be the id of an Azure subscription')
const AksTable = z.strictObject({ subscriptions: z.array(subscription).min(1).max(1_000), ...filter })
export type AksTable = z.infer<typeof AksTable>

export const ServerConfig = z.strictObject({
  kubeconfig: paths,
  kubeconfig_dir: paths,
  clusters_file: path.optional(),
  in_cluster: z.boolean().default(false),
  default_cluster: clusterName.optional(),
  cluster_aliases: z.record(clusterName, clusterName).default({}),
  auto_discovery: z.boolean().default(true),
  nsk: NskTable.optional(),
  rancher: RancherTable.optional(),
  aks: AksTable.optional(),
})
export type ServerConfig = z.infer<typeof ServerConfig>

function seconds(text: string): number {
  const [, hours = 0, minutes = 0, rest = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? []
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)
}
function compiles(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}
