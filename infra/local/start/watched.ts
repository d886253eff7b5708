import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { parseClusters, problemText } from '../../../shared/config/clusters-file.ts'
import { contextsOf, readKubeconfig } from '../../../shared/kubernetes/kubeconfig.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { type KubeconfigSource, kubeconfigTargets } from '../../../shared/mcp-server/targets/kubeconfig-targets.ts'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'
import { randomId } from '../../../shared/runtime/ids.ts'
import { keepLoggedIn, loggedIn } from './exec-login.ts'
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
  const { clusters, errors } = parseClusters(await textOf(clustersFile, 'clusters file'))
  const problem = problemText(clustersFile, errors)
  if (clusters.length === 0) throw new GiveUp(problem)
  if (problem !== '') screen.trouble(problem)
  return { clustersFile, facts: [['clusters', clusters.map(({ name }) => name).join(', ')]] }
}

/** `--kubeconfig`: our own MCP server for every context; one that cannot be used is named and left out. */
export async function watchKubeconfig(path: string, deps: WatchDeps): Promise<Watched> {
  const file = resolve(path)
  const text = await textOf(file, 'kubeconfig')
  const source = { text, where: file, filesFrom: dirname(file), allowExec: true }
  const found = await Promise.all(
    contextsOf(text, file).map(async ({ name }): Promise<readonly Context[]> => {
      try {
        const written = readKubeconfig(text, file, { ...source, context: name }).text
        return [{ context: name, written, ...(await loggedIn(written, name)) }]
      } catch (error) {
        deps.screen.trouble(`${errorText(error)} This context is not watched.`)
        return []
      }
    }),
  )
  const usable = found.flat()
  if (usable.length === 0) throw new GiveUp(`${file}: no context of it can be used.`)
  const clusters = await serve(source, usable, deps)
  return {
    ...clusters,
    facts: [['clusters', `${usable.map(({ context }) => context).join(', ')} (by ${file})`], ...clusters.facts],
  }
}

export type Context = {
  readonly context: string
  readonly kubeconfig: string
  /** With the program that logs in, and when it must be run again: what it gave runs out. */
  readonly written?: string
  readonly again?: number | undefined
}

/** Our MCP server on these contexts, and a clusters file that names it for each of them. */
export async function serve(
  source: KubeconfigSource,
  contexts: readonly Context[],
  { folder, stack, screen }: Pick<WatchDeps, 'folder' | 'stack'> & Partial<Pick<WatchDeps, 'screen'>>,
): Promise<Watched> {
  const targets = kubeconfigTargets([source])
  stack.defer(targets.close)
  const server = await startMcpHttpServer({ targets, redact: createRedactor({ key: randomId() }) })
  stack.defer(server.stop)
  const names = clusterNames(contexts.map(({ context }) => context))
  const clusters = contexts.map(({ context }, index) => ({
    name: names[index],
    mcp: { endpoint: `${server.url}/${encodeURIComponent(context)}` },
    triage: { enabled: true, kubeconfig: `file:./kubeconfig-${index}` },
  }))
  for (const [index, { context, kubeconfig, written, again }] of contexts.entries()) {
    const file = join(folder, `kubeconfig-${index}`)
    await writeFile(file, kubeconfig, { mode: 0o600 })
    if (written !== undefined && again !== undefined)
      stack.defer(keepLoggedIn({ kubeconfig: written, context, file, again }, (text) => screen?.trouble(text)))
  }
  const clustersFile = join(folder, 'clusters.yaml')
  await writeFile(clustersFile, stringify({ clusters }), { mode: 0o600 })
  return { clustersFile, facts: [['MCP server', server.url]] }
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
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new GiveUp(
      missing ? `There is no ${what} ${path}.` : `The ${what} ${path} cannot be read: ${errorText(error)}.`,
    )
  }
}
