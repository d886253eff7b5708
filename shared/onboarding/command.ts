import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../runtime/clock.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { homeFolder } from '../runtime/home-folder.ts'

type Flags = {
  readonly kubeconfig: string
  readonly context?: string
  readonly name: string
  readonly endpoint: string
  readonly apiKey: string
  readonly environment: string
  readonly label: readonly string[]
  readonly clusters: string
  readonly vault?: string
  readonly tokenDays: number
  readonly secrets: boolean
  readonly apply: boolean
  readonly asIs: boolean
  readonly allowExec: boolean
}

const days = (text: string): number => {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 365) throw new InvalidArgumentError('It must be 1 to 365.')
  return count
}

/** `onboard`, to stand alone or beside other commands. */
export function onboardCommand(say: (line: string) => void): Command {
  return new Command('onboard')
    .description('Makes a read-only account in a cluster, checks it, keeps its kubeconfig and adds the cluster.')
    .requiredOption('--name <name>', 'name of the cluster in clusters.yaml')
    .requiredOption('--endpoint <url>', 'its MCP server')
    .option('--kubeconfig <file>', 'of somebody who may make roles there', join(homeFolder(), '.kube', 'config'))
    .option('--context <name>', 'its context; the current one when absent')
    .option('--apply', 'change the cluster; without it the manifests are only shown', false)
    .option('--as-is', 'keep this very kubeconfig, whose rights are already as they should be', false)
    .option('--secrets', 'let the account read Secrets too (triage.allow_secrets_access)', false)
    .option('--token-days <number>', 'life of the token', days, 90)
    .option('--vault <url>', 'Key Vault that keeps the kubeconfig; a file beside clusters.yaml when absent')
    .option('--clusters <file>', 'the clusters file', 'clusters.yaml')
    .option('--api-key <reference>', 'keyvault:<name> or file:<path> of the MCP server’s key', '')
    .option('--environment <name>', 'environment of the cluster', '')
    .option('--label <key=value...>', 'labels of the cluster', [])
    .option('--allow-exec', 'let the kubeconfig run a program to log in', false)
    .action((flags: Flags) => run(flags, say))
}

async function run(flags: Flags, say: (line: string) => void): Promise<void> {
  if (flags.apply && flags.asIs)
    throw new GiveUp('--apply makes an account and --as-is uses the one given: choose one.')
  const clusters = resolve(flags.clusters)
  // Clients of clusters take half a second to load, which other commands need not wait for.
  const { onboard } = await import('./onboard.ts')
  await onboard({
    clock: systemClock,
    say,
    store: flags.vault === undefined ? storeFile(dirname(clusters)) : storeInVault(flags.vault),
    clustersFile: {
      where: flags.clusters,
      read: () => (existsSync(clusters) ? readFileSync(clusters, 'utf8') : ''),
      write: (text) => replaceFile(clusters, text, 0o644),
    },
  })({
    kubeconfig: {
      text: readText(flags.kubeconfig),
      where: flags.kubeconfig,
      filesFrom: dirname(resolve(flags.kubeconfig)),
      allowExec: flags.allowExec,
      ...(flags.context === undefined ? {} : { context: flags.context }),
    },
    cluster: {
      name: flags.name,
      environment: flags.environment,
      labels: Object.fromEntries(flags.label.map(pair)),
      endpoint: flags.endpoint,
      apiKey: flags.apiKey,
      allowSecretsAccess: flags.secrets,
    },
    mode: flags.apply ? 'apply' : flags.asIs ? 'as-is' : 'plan',
    tokenDays: flags.tokenDays,
  })
}

function pair(text: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (key === undefined || value === undefined) throw new GiveUp(`--label ${text}: write key=value.`)
  return [key, value]
}

const storeFile = (folder: string) => async (name: string, kubeconfig: string) => {
  const path = join(folder, 'kubeconfigs', `${name}.yaml`)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  replaceFile(path, kubeconfig, 0o600)
  return `file:./${relative(folder, path)}`
}

const storeInVault = (url: string) => async (name: string, kubeconfig: string) => {
  const [{ storeSecret }, { developerLogin }] = await Promise.all([
    import('../azure/store-secret.ts'),
    import('../azure/credential.ts'),
  ])
  // Names of secrets have no underscore.
  const secret = `kubeconfig-${name.replaceAll('_', '-')}`
  await storeSecret({ url, credential: developerLogin() }, secret, kubeconfig)
  return `keyvault:${secret}`
}

function replaceFile(path: string, text: string, mode: number): void {
  // Renamed into place: whoever reads it meanwhile reads a whole one.
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, text, { mode })
  chmodSync(unfinished, mode)
  renameSync(unfinished, path)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new GiveUp(`Cannot read the kubeconfig ${path}: ${errorText(cause)}`, { cause })
  }
}
