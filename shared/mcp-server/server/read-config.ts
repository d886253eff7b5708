import { resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { describeIssues } from '../../config/describe-issues.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import { homeFolder } from '../../runtime/home-folder.ts'
import { expandEnvironment } from './expand-environment.ts'
import { ServerConfig } from './server-config.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Table = Readonly<Record<string, unknown>>
/** What the command line says about clusters; absent: nothing. */
export type ConfigFlags = {
  readonly kubeconfig?: readonly string[]
  readonly kubeconfigDir?: readonly string[]
  readonly clusters?: string
  readonly inCluster?: boolean
  readonly defaultCluster?: string
  readonly rancherUrl?: string
  readonly rancherToken?: string
  readonly nskRancherUrl?: string
  readonly nskProfile?: string
  readonly nskConfigDir?: string
  readonly nskAutoRefresh?: boolean
  readonly aks?: readonly string[]
}
export type ConfigFile = { readonly text: string; readonly where: string; readonly folder: string }
export type ReadConfig = { readonly config: ServerConfig; readonly warnings: readonly string[] }

/** Config file, command line and environment as one; the command line wins over the file, and the file over the environment. */
export function readConfig(file: ConfigFile | undefined, flags: ConfigFlags, environment: Environment): ReadConfig {
  const warnings: string[] = []
  const where = file?.where ?? 'command line'
  const expanded = expandEnvironment(file === undefined ? {} : parsed(file), environment)
  const table = withPaths(hoisted(tableOf(expanded.value), where, warnings), file?.folder ?? process.cwd())
  const whole = withEnvironment(withFlags(table, flags), environment)
  const result = ServerConfig.safeParse(whole)
  const wrong = result.success ? [] : describeIssues(result.error, ServerConfig, whole).map((line) => hinted(line))
  // A value that could not be filled in is wrong once, not twice.
  const unset = new Set(expanded.errors.map((error) => error.split(':')[0]))
  const errors = [...expanded.errors, ...wrong.filter((error) => !unset.has(error.split(':')[0]))]
  if (errors.length > 0 || !result.success) throw new GiveUp(`${where} is wrong:\n  ${errors.join('\n  ')}`)
  if (flags.rancherToken !== undefined)
    warnings.push(
      '--rancher-token: every program on this machine can read the command line. Set RANCHER_TOKEN instead.',
    )
  for (const name of ['nsk', 'rancher'] as const)
    if (result.data[name]?.rancher_insecure === true)
      warnings.push(`${name}.rancher_insecure: whoever stands between can read the token. Trust its CA instead.`)
  return { config: result.data, warnings }
}

function parsed({ text, where }: ConfigFile): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw new GiveUp(`${where}: it is not TOML: ${errorText(error)}`)
    // The rest of its message quotes the line, which may hold a token.
    const [first = ''] = error.message.split('\n')
    throw new GiveUp(`${where}: line ${error.line}, column ${error.column}: ${first}`)
  }
}

const tableOf = (value: unknown): Table => (isTable(value) ? value : {})
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
/** Keys of the whole file that people write below [nsk], where TOML gives them to that table. */
const ofTheWhole = ['kubeconfig', 'kubeconfig_dir', 'default_cluster', 'auto_discovery']

function hoisted(table: Table, where: string, warnings: string[]): Table {
  const top: Record<string, unknown> = { ...table }
  for (const name of ['nsk', 'rancher', 'aks']) {
    const inner = table[name]
    if (!isTable(inner)) continue
    const rest: Record<string, unknown> = { ...inner }
    for (const key of ofTheWhole) {
      if (!(key in rest) || key in top) continue
      top[key] = rest[key]
      delete rest[key]
      warnings.push(
        `${where}: ${key} stands below [${name}], so TOML takes it as ${name}.${key}; it was taken as a key of the whole file. Move it above [${name}].`,
      )
    }
    top[name] = rest
  }
  return top
}

/** Names of files count from where they are written: the folder of the config file, or where the command was given. */
function withPaths(table: Table, folder: string): Table {
  const one = (path: unknown) =>
    typeof path !== 'string' || path === ''
      ? path
      : /^~(\/|$)/.test(path)
        ? resolve(homeFolder(), `.${path.slice(1)}`)
        : resolve(folder, path)
  const found: Record<string, unknown> = { ...table }
  for (const key of ['kubeconfig', 'kubeconfig_dir', 'clusters_file']) {
    const value = found[key]
    if (value !== undefined) found[key] = Array.isArray(value) ? value.map(one) : one(value)
  }
  for (const key of ['nsk', 'rancher']) {
    const inner = found[key]
    if (!isTable(inner)) continue
    const { rancher_token: token, config_dir: dir, nsk_path: program } = inner
    found[key] = {
      ...inner,
      ...(dir === undefined ? {} : { config_dir: one(dir) }),
      // A bare name is looked for in PATH.
      ...(typeof program === 'string' && program.includes('/') ? { nsk_path: one(program) } : {}),
      ...(typeof token === 'string' && token.startsWith('file:')
        ? { rancher_token: `file:${one(token.slice(5))}` }
        : {}),
    }
  }
  return found
}

function withFlags(table: Table, flags: ConfigFlags): Table {
  const given = withPaths(
    {
      ...(flags.kubeconfig?.length ? { kubeconfig: flags.kubeconfig } : {}),
      ...(flags.kubeconfigDir?.length ? { kubeconfig_dir: flags.kubeconfigDir } : {}),
      ...(flags.clusters === undefined ? {} : { clusters_file: flags.clusters }),
      ...(flags.inCluster === true ? { in_cluster: true } : {}),
      ...(flags.defaultCluster === undefined ? {} : { default_cluster: flags.defaultCluster }),
      nsk: defined({
        rancher_url: flags.nskRancherUrl,
        profile: flags.nskProfile,
        config_dir: flags.nskConfigDir,
        auto_refresh: flags.nskAutoRefresh,
      }),
      rancher: defined({ rancher_url: flags.rancherUrl, rancher_token: flags.rancherToken }),
      aks: flags.aks?.length ? { subscriptions: flags.aks } : {},
    },
    process.cwd(),
  )
  return {
    ...table,
    ...given,
    ...both(table, given, 'nsk'),
    ...both(table, given, 'rancher'),
    ...both(table, given, 'aks'),
  }
}
function both(first: Table, second: Table, name: string): Table {
  const inner = { ...tableOf(first[name]), ...tableOf(second[name]) }
  return { [name]: first[name] === undefined && Object.keys(inner).length === 0 ? undefined : inner }
}
const defined = (table: Table): Table =>
  Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined))

/** Fills in what is not said elsewhere. Alone it makes a source only when nothing else does: a shell may hold it for others. */
function withEnvironment(table: Table, environment: Environment): Table {
  const rancher = defined({
    rancher_url: environment.RANCHER_URL || undefined,
    rancher_token: environment.RANCHER_TOKEN || undefined,
  })
  const nsk = defined({
    ...rancher,
    profile: environment.NSK_PROFILE || undefined,
    config_dir: environment.NSK_CONFDIR || undefined,
  })
  const sources = ['kubeconfig', 'kubeconfig_dir', 'clusters_file', 'in_cluster', 'nsk', 'rancher', 'aks']
  const nothing = sources.every((key) => table[key] === undefined)
  const alone = nothing && Object.keys(rancher).length === 2
  const subscriptions = (environment.DISCOVER_AKS ?? '').split(',').flatMap((id) => id.trim() || [])
  const aks = subscriptions.length === 0 ? {} : { subscriptions }
  // What the watch with this clusters.yaml knows.
  const asWatch = table.clusters_file !== undefined && subscriptions.length > 0
  return defined({
    ...table,
    aks: isTable(table.aks) ? { ...aks, ...table.aks } : asWatch ? aks : table.aks,
    nsk: isTable(table.nsk) ? { ...nsk, ...table.nsk } : table.nsk,
    rancher: isTable(table.rancher) ? { ...rancher, ...table.rancher } : alone ? rancher : table.rancher,
  })
}

const hints: Readonly<Record<string, string>> = {
  rancher_url: ' (or set RANCHER_URL)',
  rancher_token: ' (or set RANCHER_TOKEN)',
}
function hinted(line: string): string {
  const key = /\.(\w+): is required/.exec(line)?.[1] ?? ''
  return `${line}${hints[key] ?? ''}`
}
