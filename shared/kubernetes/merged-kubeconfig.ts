import { isAbsolute, resolve } from 'node:path'
import { GiveUp } from '../runtime/errors.ts'
import {
  type ContextInfo,
  contextsIn,
  type Kubeconfig,
  type KubeconfigOptions,
  readContext,
  withProgram,
} from './kubeconfig.ts'
import { type KubeconfigFile, parseKubeconfig } from './kubeconfig-text.ts'

export type KubeconfigText = {
  readonly text: string
  /** Names the file in messages. */
  readonly where: string
  /** Its folder: certificate files that it names are read from there. */
  readonly filesFrom?: string
}
export type MergedKubeconfig = {
  /** Empty: none. */
  readonly current: string
  readonly contexts: readonly (ContextInfo & { readonly where: string })[]
  /** GiveUp when that context is wrong. */
  readonly read: (context: string, options?: Pick<KubeconfigOptions, 'allowExec'>) => Kubeconfig
}

type Entry = NonNullable<KubeconfigFile['clusters']>[number]
const pathKeys = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']

/**
 * Several files as one, as kubectl merges them: of each name the first entry counts, whole, and the first current
 * context; a context may name a cluster or user of another file. One that cannot be read spoils all, since without it a
 * name could mean another cluster.
 */
export function mergedKubeconfig(texts: readonly KubeconfigText[]): MergedKubeconfig {
  const files = texts.map((one) => ({ ...one, file: parseKubeconfig(one.text, one.where, texts.length > 1) }))
  const merged = (list: 'clusters' | 'users' | 'contexts'): (Entry & { readonly where: string })[] => {
    const first = new Map<string, Entry & { readonly where: string }>()
    for (const { file, where, filesFrom } of files) {
      for (const entry of file[list] ?? [])
        if (!first.has(entry.name)) first.set(entry.name, { ...withPaths(entry, filesFrom), where })
    }
    return [...first.values()]
  }
  const contexts = merged('contexts')
  if (contexts.length === 0)
    throw new GiveUp(`${texts.map(({ where }) => where).join(', ')}: there is no context in any of these kubeconfigs.`)
  const current = files.map(({ file }) => file['current-context']).find((name) => name != null && name !== '')
  const file: KubeconfigFile = {
    clusters: merged('clusters'),
    users: merged('users'),
    contexts,
    ...(current == null ? {} : { 'current-context': current }),
  }
  const places = new Map(contexts.map(({ name, where }) => [name, where]))
  const anyFolder = texts.some(({ filesFrom }) => filesFrom !== undefined)
  return {
    current: contexts.some(({ name }) => name === current) ? (current ?? '') : '',
    contexts: contextsIn(file).map((info) => ({ ...info, where: places.get(info.name) ?? '' })),
    read: (context, options = {}) =>
      readContext(file, places.get(context) ?? texts.map(({ where }) => where).join(', '), {
        ...options,
        context,
        // All names in it are absolute by now.
        ...(anyFolder ? { filesFrom: '/' } : {}),
      }),
  }
}

/** File names count from the folder of the kubeconfig that they stand in. */
function withPaths(entry: Entry, folder: string | undefined): Entry {
  if (folder === undefined) return entry
  const whole = (path: unknown) =>
    typeof path === 'string' && path !== '' && !isAbsolute(path) ? resolve(folder, path) : path
  const inner = Object.entries(entry).map(([key, value]) => {
    if ((key !== 'cluster' && key !== 'user') || typeof value !== 'object' || value === null) return [key, value]
    return [
      key,
      Object.fromEntries(
        Object.entries(value).map(([name, path]) => {
          if (name === 'exec') return [name, withProgram(path, (command) => resolve(folder, command))]
          return [name, pathKeys.includes(name) ? whole(path) : path]
        }),
      ),
    ]
  })
  return { ...Object.fromEntries(inner), name: entry.name }
}
