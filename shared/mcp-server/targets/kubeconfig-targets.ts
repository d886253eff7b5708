import { connectCluster } from '../../kubernetes/connect.ts'
import { contextsOf, readKubeconfig } from '../../kubernetes/kubeconfig.ts'
import { errorText } from '../../runtime/errors.ts'
import type { Target } from './target.ts'
import { lazyTargets, type Targets } from './targets.ts'

export type KubeconfigSource = {
  readonly text: string
  /** Names the file in messages. */
  readonly where: string
  /** Its folder: certificate files that it names are read from there. */
  readonly filesFrom?: string
  readonly allowExec?: boolean
}

/**
 * Every context of the kubeconfigs as a cluster. One that is broken is listed with its problem and hurts no other; of
 * two contexts with one name the first counts, as kubectl has it. `close` gives the connections back.
 */
export function kubeconfigTargets(
  sources: readonly KubeconfigSource[],
): Targets & { readonly close: () => Promise<void> } {
  const closers: (() => Promise<void>)[] = []
  const seen = new Set<string>()
  const entries = sources.flatMap((source) =>
    contextsOf(source.text, source.where)
      .filter(({ name }) => !seen.has(name) && seen.add(name))
      .map(({ name }) => ({
        target: targetOf(source, name),
        open: () => {
          const { text, where, ...options } = source
          const cluster = connectCluster(text, { ...options, where, context: name })
          closers.push(cluster.close)
          return cluster
        },
      })),
  )
  return {
    ...lazyTargets(entries),
    close: async () => {
      await Promise.all(closers.map((close) => close()))
    },
  }
}

function targetOf({ text, where, ...options }: KubeconfigSource, name: string): Target {
  try {
    const { server, namespace } = readKubeconfig(text, where, { ...options, context: name })
    return { name, aliases: [], server, namespace }
  } catch (error) {
    return { name, aliases: [], server: '', namespace: 'default', problem: errorText(error) }
  }
}
