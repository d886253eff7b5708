import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'
import { FLATTEN, fromBase64, type KubeconfigFile, MAX_KUBECONFIG_BYTES, parseKubeconfig } from './kubeconfig-text.ts'
import { clusterFault, userFault } from './kubeconfig-user.ts'
import { serverAddress } from './server-address.ts'

export type KubeconfigOptions = {
  /** Absent: the kubeconfig's current context. */
  readonly context?: string
  /** Lets a credential plugin of the kubeconfig run as a program on this machine. Only for a developer's own machine. */
  readonly allowExec?: boolean
  /** Folder of the kubeconfig: certificate and token files that it names are read. Absent: such names are refused. */
  readonly filesFrom?: string
}

/** One context of a kubeconfig, checked, and standing on its own: `text` holds nothing else and names no file. */
export type Kubeconfig = {
  readonly where: string
  readonly context: string
  readonly cluster: string
  /** Empty: without a credential. */
  readonly user: string
  readonly namespace: string
  /** Without a slash at the end; a path prefix is kept. */
  readonly server: string
  readonly proxy?: string
  readonly text: string
}
export type ContextInfo = { readonly name: string; readonly cluster: string; readonly current: boolean }

const name = z.union([z.string(), z.number()]).transform(String)
const optional = z.string().min(1).nullish().catch(undefined)
const Context = z.looseObject({ cluster: name, user: name.nullish(), namespace: optional })
const Cluster = z.looseObject({ server: z.string().min(1) })
const User = z.looseObject({})

/** Checks one context and takes it out. Everything that is wrong is one sentence that says where, and what to do. */
export const readKubeconfig = (text: string | undefined, where: string, options: KubeconfigOptions = {}): Kubeconfig =>
  readContext(parseKubeconfig(text, where), where, options)

/** The same from a file that is parsed already: one of many contexts costs no further parsing. */
export function readContext(file: KubeconfigFile, where: string, options: KubeconfigOptions = {}): Kubeconfig {
  const wrong = (what: string): GiveUp => new GiveUp(`${where}: ${what}`)
  const context = options.context ?? file['current-context'] ?? ''
  const names = contextNames(file)
  if (context === '') throw wrong(`the kubeconfig has no current context. Set current-context to one of: ${names}.`)
  const chosen = find(file.contexts, context)
  if (chosen === undefined) throw wrong(`the kubeconfig has no context "${context}". Use one of: ${names}.`)
  const parts = Context.safeParse(chosen.context)
  if (!parts.success) throw wrong(`context "${context}" must name a cluster. Write it anew with: ${FLATTEN}.`)
  const { cluster: clusterName, namespace } = parts.data
  const userName = parts.data.user ?? ''
  const absent = (list: string, missing: string) =>
    wrong(
      `context "${context}" names the ${list} "${missing}", which is not in ${list}s. Write it anew with: ${FLATTEN}.`,
    )

  const clusterEntry = find(file.clusters, clusterName)
  if (clusterEntry === undefined) throw absent('cluster', clusterName)
  const cluster = Cluster.safeParse(clusterEntry.cluster)
  if (!cluster.success) throw wrong(`cluster "${clusterName}" has no server. Add server: https://<address of its API>.`)
  const userEntry = find(file.users, userName)
  if (userEntry === undefined && userName !== '') throw absent('user', userName)
  const user = User.safeParse(userEntry?.user ?? {})
  if (!user.success) throw wrong(`user "${userName}" is not an object. Write it anew with: ${FLATTEN}.`)
  const clusterWrong = clusterFault(cluster.data)
  if (clusterWrong !== undefined) throw wrong(`cluster "${clusterName}" ${clusterWrong}.`)
  const userWrong = userFault(user.data, options.allowExec === true)
  if (userWrong !== undefined) throw wrong(`user "${userName}" ${userWrong}.`)

  const inline = (from: Readonly<Record<string, unknown>>, owner: string) =>
    inlined(from, owner, wrong, options.filesFrom)
  const server = serverAddress(cluster.data.server, (what) => wrong(`cluster "${clusterName}": ${what}`))
  const proxy = z.string().min(1).safeParse(cluster.data['proxy-url'])
  const selfContained = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: clusterName, cluster: { ...inline(cluster.data, `cluster "${clusterName}"`), server } }],
    users: userName === '' ? [] : [{ name: userName, user: inline(user.data, `user "${userName}"`) }],
    contexts: [
      {
        name: context,
        context: {
          cluster: clusterName,
          ...(userName === '' ? {} : { user: userName }),
          ...(namespace ? { namespace } : {}),
        },
      },
    ],
    'current-context': context,
  }
  return {
    where,
    context,
    cluster: clusterName,
    user: userName,
    namespace: namespace ?? 'default',
    server,
    ...(proxy.success ? { proxy: proxy.data } : {}),
    text: JSON.stringify(selfContained),
  }
}

/** Every context of a kubeconfig by name, in its order; that one of them is broken does not matter here. */
export const contextsOf = (text: string | undefined, where = 'kubeconfig'): readonly ContextInfo[] =>
  contextsIn(parseKubeconfig(text, where))

export function contextsIn(file: KubeconfigFile): readonly ContextInfo[] {
  return (file.contexts ?? []).map((entry) => {
    const parts = Context.safeParse(entry.context)
    return {
      name: entry.name,
      cluster: parts.success ? parts.data.cluster : '',
      current: entry.name === file['current-context'],
    }
  })
}

const find = <T extends { readonly name: string }>(list: readonly T[] | null | undefined, requested: string) =>
  list?.find((entry) => entry.name === requested)

/** The first twenty: a merged kubeconfig may have hundreds, and this goes into one sentence. */
function contextNames(file: KubeconfigFile): string {
  const all = (file.contexts ?? []).map((entry) => entry.name)
  return all.length > 20 ? `${all.slice(0, 20).join(', ')} and ${all.length - 20} more` : all.join(', ')
}

const fileKeys = {
  'certificate-authority': 'certificate-authority-data',
  'client-certificate': 'client-certificate-data',
  'client-key': 'client-key-data',
  tokenFile: 'token',
} as const

/** Puts the content of named files in place of their names, since a kubeconfig travels to where those files are not. */
function inlined(
  from: Readonly<Record<string, unknown>>,
  owner: string,
  wrong: (what: string) => GiveUp,
  folder: string | undefined,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...from }
  for (const [key, dataKey] of Object.entries(fileKeys)) {
    const path = from[key]
    delete result[key]
    if (typeof path !== 'string' || path === '') continue
    const there = typeof from[dataKey] === 'string' && from[dataKey] !== ''
    if (folder === undefined) {
      if (there) continue
      throw wrong(
        `${owner} takes ${key} from the file ${path}, which is not there. Put its content inline: ${FLATTEN}.`,
      )
    }
    try {
      // A token file wins over the token beside it, unless it cannot be read: so does kubectl.
      result[dataKey] = fileContent(resolve(folder, path), dataKey, `${owner}: ${key}`, wrong)
    } catch (error) {
      if (!there) throw error
    }
  }
  if (folder !== undefined) result.exec = withProgram(from.exec, (path) => resolve(folder, path))
  if (result.exec === undefined) delete result.exec
  for (const key of ['certificate-authority-data', 'client-certificate-data', 'client-key-data']) {
    const data = result[key]
    if (data === undefined || data === null || data === '') continue
    if (typeof data !== 'string' || !fromBase64(data).includes('-----BEGIN'))
      throw wrong(`${owner}: ${key} is not a PEM text in Base64. Write it anew with: ${FLATTEN}.`)
  }
  if (typeof result.token === 'string') result.token = result.token.trim()
  return result
}

function fileContent(path: string, dataKey: string, owner: string, wrong: (what: string) => GiveUp): string {
  let content: Buffer
  try {
    content = readFileSync(path)
  } catch (cause) {
    throw new GiveUp(
      `${wrong(`${owner} names the file ${path}, which cannot be read.`).message} Put its content inline: ${FLATTEN}.`,
      { cause },
    )
  }
  if (content.length > MAX_KUBECONFIG_BYTES) throw wrong(`${owner} names the file ${path}, which is over 16 MiB.`)
  return dataKey === 'token' ? content.toString('utf8').trim() : content.toString('base64')
}

/** A program by its name is looked for in PATH; one with a folder lies beside the kubeconfig. */
export function withProgram(exec: unknown, whole: (path: string) => string): unknown {
  if (typeof exec !== 'object' || exec === null || !('command' in exec)) return exec
  const { command } = exec
  return typeof command === 'string' && command.includes('/') ? { ...exec, command: whole(command) } : exec
}
