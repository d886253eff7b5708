import { dirname, resolve } from 'node:path'
import { connectCluster } from '../../kubernetes/connect.ts'
import { credentialInfo } from '../../kubernetes/credential-expiry.ts'
import { type MergedKubeconfig, mergedKubeconfig } from '../../kubernetes/merged-kubeconfig.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import { seldom } from './seldom.ts'
import { isMissing, REFRESH_MS, readSmall, stampOf } from './small-file.ts'
import type { Connect, Found, Source } from './source.ts'

/** Files that count together as kubectl has it; each context is a cluster. */
export function kubeconfigSource(options: {
  readonly files: readonly string[]
  /** Of a list in the environment kubectl skips files that are not there. */
  readonly missingAllowed?: boolean
  readonly allowExec?: boolean
  /** False: only at the start and when asked to. */
  readonly watch?: boolean
  readonly connect?: Connect
  readonly clock: Clock
}): Source {
  const { files, missingAllowed = false, allowExec = false, watch = true, connect = connectCluster, clock } = options
  let stamp: string | undefined
  let found: readonly Found[] = []
  let problem: string | undefined
  let current: string | undefined

  async function refresh(): Promise<void> {
    try {
      const stamps = await Promise.all(files.map((file) => stampOf(file).catch(String)))
      if (stamps.join() === stamp) return
      const texts = await Promise.all(files.map((file) => readOne(file, missingAllowed)))
      const there = texts.flatMap((text, at) => {
        const where = files[at] ?? ''
        return text === undefined ? [] : [{ text, where, filesFrom: dirname(resolve(where)) }]
      })
      if (there.length === 0) throw new GiveUp(`There is no kubeconfig at ${files.join(', ')}.`)
      const merged = mergedKubeconfig(there)
      found = foundIn(merged, allowExec, connect)
      current = merged.current || undefined
      stamp = stamps.join()
      problem = undefined
    } catch (error) {
      // What was right before stays in force.
      problem = errorText(error)
    }
  }
  return {
    kind: 'kubeconfig',
    name: `kubeconfig ${files.join(', ')}`,
    current: () => found,
    currentContext: () => current,
    problems: () => (problem === undefined ? [] : [problem]),
    refresh: seldom(clock, refresh, () => (watch ? REFRESH_MS : Number.POSITIVE_INFINITY)),
  }
}

/** Contexts as clusters; one that is broken stands there with its problem. */
const foundIn = (merged: MergedKubeconfig, allowExec: boolean, connect: Connect): readonly Found[] =>
  merged.contexts.map(({ name, where }) => {
    const source = `kubeconfig ${where}`
    try {
      const { server, namespace, text } = merged.read(name, { allowExec })
      return {
        target: { name, aliases: [], server, namespace, source },
        credential: () => credentialInfo({ text }),
        version: text,
        inFile: true,
        // Read anew: a token file that it names may hold another one by now.
        open: async () => connect(merged.read(name, { allowExec }).text, { where, allowExec }),
      }
    } catch (error) {
      const problem = errorText(error)
      return {
        target: { name, aliases: [], server: '', namespace: 'default', source, problem },
        version: problem,
        open: () => Promise.reject(new GiveUp(problem)),
      }
    }
  })

async function readOne(file: string, missingAllowed: boolean): Promise<string | undefined> {
  try {
    return await readSmall(file)
  } catch (error) {
    if (isMissing(error)) {
      if (missingAllowed) return undefined
      throw new GiveUp(`There is no kubeconfig ${file}. Name one with --kubeconfig or in KUBECONFIG.`)
    }
    throw new GiveUp(`Cannot read the kubeconfig ${file}: ${errorText(error)}`)
  }
}
