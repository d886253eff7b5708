import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { stringify } from 'yaml'
import { parseClusters, problemText } from '../../../shared/config/clusters-file.ts'
import { contextsOf, readKubeconfig } from '../../../shared/kubernetes/kubeconfig.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { kubeconfigTargets } from '../../../shared/mcp-server/targets/kubeconfig-targets.ts'
import type { Targets } from '../../../shared/mcp-server/targets/targets.ts'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'
import { randomId } from '../../../shared/runtime/ids.ts'
import { keepRenewed, loggedIn, type Renewal } from './exec-login.ts'
import type { Screen } from './screen.ts'

/** What is watched: a clusters file, and what is said about it. */
export type Watched = {
  readonly clustersFile: string
  readonly facts: readonly (readonly [string, string])[]
}
type WatchDeps = { readonly folder: string; readonly screen: Screen; readonly stack: AsyncDisposableStack }

/** `--config`: real MCP servers and kubeconfigs. What is wrong in the file is said at once; the right clusters are watched. */
export async function watchConfig(path: string, { screen }: WatchDeps): Promise<Watched> {
  const clustersFile = resolve(path)
  const { clusters, discovery, errors } = parseClusters(await textOf(clustersFile, 'clusters file'))
  const problem = problemText(clustersFile, errors)
  if (clusters.length === 0 && (problem !== '' || discovery.length === 0))
    throw new GiveUp(
      problem || `${clustersFile} names no cluster. Put yours under clusters:, or a place under discovery:.`,
    )
  if (problem !== '') screen.trouble(problem)
  return { clustersFile, facts: [['clusters', clusters.map(({ name }) => name).join(', ')]] }
}

/** `--kubeconfig`: our own MCP server for every context; one that cannot be used is named and left out. */
export async function watchKubeconfig(path: string, deps: WatchDeps): Promise<Watched> {
  const part = await contextsOfFile(path, deps)
  const { clustersFile, facts } = await serve([part], deps)
  const names = part.contexts.map(({ context }) => context).join(', ')
  return { clustersFile, facts: [['clusters', `${names} (by ${resolve(path)})`], ...facts] }
}

/** The contexts of a kubeconfig that can be used, with what serves them. */
export async function contextsOfFile(path: string, deps: Pick<WatchDeps, 'screen'>): Promise<Part> {
  const file = resolve(path)
  const text = await textOf(file, 'kubeconfig')
  const source = { text, where: file, filesFrom: dirname(file), allowExec: true }
  const found = await Promise.all(
    contextsOf(text, file).map(async ({ name }): Promise<readonly Context[]> => {
      try {
        const written = readKubeconfig(text, file, { ...source, context: name }).text
        const { kubeconfig, again } = await loggedIn(written, name)
        const renewal = again === undefined ? {} : { renewal: { again, renew: () => loggedIn(written, name) } }
        return [{ context: name, kubeconfig, ...renewal }]
      } catch (error) {
        deps.screen.trouble(`${errorText(error)} This context is not watched.`)
        return []
      }
    }),
  )
  const usable = found.flat()
  if (usable.length === 0) throw new GiveUp(`${file}: no context of it can be used.`)
  return { targets: kubeconfigTargets([source]), contexts: usable }
}

export type Context = {
  readonly context: string
  readonly kubeconfig: string
  /** What it holds runs out: when it must be made anew, and how. */
  readonly renewal?: Renewal
}
/** Clusters that one MCP server of ours serves, each by the name of its context. */
export type Part = {
  readonly targets: Targets & { readonly close: () => Promise<void> }
  readonly contexts: readonly Context[]
}

/** MCP servers of our own on these contexts, and a clusters file that names one for each of them. */
export async function serve(
  parts: readonly Part[],
  { folder, stack, screen }: Pick<WatchDeps, 'folder' | 'stack'> & Partial<Pick<WatchDeps, 'screen'>>,
): Promise<Watched> {
  const redact = createRedactor({ key: randomId() })
  const servers = await Promise.all(
    parts.map(async ({ targets, contexts }) => {
      stack.defer(targets.close)
      const server = await startMcpHttpServer({ targets, redact })
      stack.defer(server.stop)
      return contexts.map((one) => ({ ...one, url: server.url }))
    }),
  )
  const contexts = servers.flat()
  const names = clusterNames(contexts.map(({ context }) => context))
  const clusters = contexts.map(({ context, url }, index) => ({
    name: names[index],
    mcp: { endpoint: `${url}/${encodeURIComponent(context)}` },
    triage: { enabled: true, kubeconfig: `file:./kubeconfig-${index}` },
  }))
  for (const [index, { kubeconfig, renewal }] of contexts.entries()) {
    const file = join(folder, `kubeconfig-${index}`)
    await writeFile(file, kubeconfig, { mode: 0o600 })
    if (renewal !== undefined) stack.defer(keepRenewed(file, renewal, (text) => screen?.trouble(text)))
  }
  const clustersFile = join(folder, 'clusters.yaml')
  await writeFile(clustersFile, stringify({ clusters }), { mode: 0o600 })
  return { clustersFile, facts: [...new Set(contexts.map(({ url }) => url))].map((url) => ['MCP server', url]) }
}

/** Contexts are called anything (`arn:aws:eks:…`); clusters are not. Two that become alike are told apart by a number. */
export function clusterNames(contexts: readonly string[]): readonly string[] {
  const used = new Set<string>()
  return contexts.map((context) => {
    const plain =
      context
        .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
        .slice(-60)
        .replace(/^-+|-+$/g, '') || 'cluster'
    let name = plain
    for (let number = 2; used.has(name); number++) name = `${plain.slice(0, 58)}-${number}`
    used.add(name)
    return name
  })
}

async function textOf(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') throw new GiveUp(`There is no ${what} ${path}.`)
    if (code === 'EACCES')
      throw new GiveUp(
        `The ${what} ${path} is another user's, and user ${process.getuid?.() ?? ''} may not read it: run this as its owner (docker run --user "$(id -u)").`,
      )
    throw new GiveUp(`The ${what} ${path} cannot be read: ${errorText(error)}.`)
  }
}
