import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { connectCluster } from '../../kubernetes/connect.ts'
import { credentialInfo } from '../../kubernetes/credential-expiry.ts'
import { contextsIn, type Kubeconfig, readContext } from '../../kubernetes/kubeconfig.ts'
import { parseKubeconfig } from '../../kubernetes/kubeconfig-text.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import { seldom } from './seldom.ts'
import { isMissing, REFRESH_MS, readSmall, stampOf } from './small-file.ts'
import type { Connect, Found, Source } from './source.ts'

/** Ten times the largest fleet that is looked at from one place. */
const MAX_FILES = 2_000
const kubeconfigName = /^[^.].*\.(ya?ml|kubeconfig)$/i
/** Hidden files, copies of editors, keys, papers: nobody means them as clusters. */
const noKubeconfig = /^\.|~$|\.(sw[a-p]|bak|orig|tmp|md|txt|crt|pem|key|json)$/i
const MOST_NAMED = 10
type Read = { readonly stamp: string; readonly found: Found }

/** A folder of kubeconfigs, looked at anew with the calls: each file is a cluster, by its name without the ending. */
export function directorySource(options: {
  readonly directory: string
  readonly allowExec?: boolean
  /** Whether a cluster of this name is wanted; absent: all are. */
  readonly includes?: (cluster: string) => boolean
  /** False: only at the start and when asked to. */
  readonly watch?: boolean
  readonly connect?: Connect
  readonly clock: Clock
}): Source {
  const { directory, allowExec = false, includes = () => true, watch = true, connect = connectCluster, clock } = options
  const name = `directory ${directory}`
  let known: ReadonlyMap<string, Read> = new Map()
  let found: readonly Found[] = []
  let problems: readonly string[] = []
  let notes: readonly string[] = []

  async function refresh(): Promise<void> {
    try {
      const entries = await readdir(directory, { withFileTypes: true })
      const names = entries.map(({ name: file }) => file).sort()
      const all = names.filter((file) => kubeconfigName.test(file) && includes(parse(file).name))
      const folders = new Set(entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])))
      const others = names.filter(
        (file) => !kubeconfigName.test(file) && !noKubeconfig.test(file) && !folders.has(file),
      )
      const files = all.slice(0, MAX_FILES)
      const read = await Promise.all(files.map(async (file) => [file, await readAt(file)] as const))
      const there = new Map(read.flatMap(([file, one]) => (one === undefined ? [] : [[file, one] as const])))
      notes = [...(others.length === 0 ? [] : [leftOut(name, others)]), ...sameServers(name, there)]
      problems =
        all.length > files.length
          ? [`${name}: of its ${all.length} files only the first ${MAX_FILES} are used. Split it.`]
          : []
      if (there.size === known.size && [...there].every(([file, one]) => known.get(file) === one)) return
      known = there
      found = withoutTwins(there, name)
    } catch (error) {
      // What was there before stays in force: a mount that is away for a moment must not end watches.
      problems = [`Cannot read the ${name}: ${errorText(error)}`]
    }
  }
  async function readAt(file: string): Promise<Read | undefined> {
    const path = join(directory, file)
    try {
      const stamp = await stampOf(path)
      const before = known.get(file)
      if (before?.stamp === stamp) return before
      return { stamp, found: foundAt(path, await readSmall(path), allowExec, connect) }
    } catch (error) {
      if (isMissing(error)) return undefined
      return { stamp: '', found: broken(path, errorText(error)) }
    }
  }
  return {
    kind: 'directory',
    name,
    current: () => found,
    problems: () => problems,
    notes: () => notes,
    refresh: seldom(clock, refresh, () => (watch ? REFRESH_MS : Number.POSITIVE_INFINITY)),
  }
}

function leftOut(folder: string, files: readonly string[]): string {
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : ''
  const named = files.slice(0, MOST_NAMED).join(', ')
  return `${folder}: not used, since a kubeconfig ends in .yaml, .yml or .kubeconfig here: ${named}${more}. Rename what is one.`
}

/** Files that were copied from several machines often name each its own, by the same address. */
function sameServers(folder: string, files: ReadonlyMap<string, Read>): readonly string[] {
  const servers = Map.groupBy(
    [...files].filter(([, { found }]) => found.target.problem === undefined),
    ([, { found }]) => URL.parse(found.target.server)?.href ?? '',
  )
  return [...servers].flatMap(([server, same]) => {
    if (server === '' || same.length < 2) return []
    const files = same.slice(0, MOST_NAMED).map(([file]) => file)
    const more = same.length > MOST_NAMED ? ` and ${same.length - MOST_NAMED} more` : ''
    const why = /^https?:\/\/(127\.|localhost|\[::1\])/.test(server)
      ? 'which is whatever machine asks: write the address of each into its file'
      : 'and look like one cluster: keep one of them'
    return [`${folder}: ${files.join(', ')}${more} lead to the same API server ${server}, ${why}.`]
  })
}

/** Two files of one name are neither: nobody could know which one a call means. */
function withoutTwins(files: ReadonlyMap<string, Read>, directory: string): readonly Found[] {
  const byStem = Map.groupBy(files, ([file]) => parse(file).name)
  return [...byStem].map(([stem, same]) => {
    const [first] = same
    if (first !== undefined && same.length === 1) return first[1].found
    const names = same.map(([file]) => file).join(' and ')
    return broken(
      stem,
      `${directory} holds ${names}, which would both be the cluster "${stem}". Rename one of them.`,
      directory,
    )
  })
}

function foundAt(path: string, text: string, allowExec: boolean, connect: Connect): Found {
  try {
    const { name } = parse(path)
    if (!/^[^\p{C}\p{Z}/\\]{1,253}$/u.test(name))
      return broken(path, `${path}: the name of the file cannot be a cluster's name. Rename it.`)
    const options = { allowExec, filesFrom: parse(path).dir }
    const read = (): Kubeconfig => {
      const file = parseKubeconfig(text, path)
      const [only, ...others] = contextsIn(file)
      const current = file['current-context'] ?? ''
      // Without a current context a single one is meant.
      const context = current === '' && only !== undefined && others.length === 0 ? { context: only.name } : {}
      return readContext(file, path, { ...options, ...context })
    }
    const { server, namespace, text: selfContained } = read()
    return {
      target: { name, aliases: [], server, namespace, source: `file ${path}` },
      file: path,
      credential: () => credentialInfo({ text: selfContained }),
      version: selfContained,
      inFile: true,
      open: async () => connect(read().text, { where: path, allowExec }),
    }
  } catch (error) {
    return broken(path, errorText(error))
  }
}

function broken(path: string, problem: string, source = `file ${path}`): Found {
  return {
    target: { name: parse(path).name, aliases: [], server: '', namespace: 'default', source, problem },
    version: problem,
    open: () => Promise.reject(new GiveUp(problem)),
  }
}
