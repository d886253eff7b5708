import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  apiOfThisCluster,
  inClusterSource,
  SERVICE_ACCOUNT,
  tokenKubeconfig,
} from '../../../shared/mcp-server/sources/in-cluster-source.ts'
import { sourcedTargets } from '../../../shared/mcp-server/sources/sourced-targets.ts'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'
import type { Screen } from '../start/screen.ts'
import { contextsOfFile, type Part } from '../start/watched.ts'

/** A team's own clusters; more belong in Azure. */
const MOST_FILES = 100
/** The kubelet renews a token when a fifth of its hour is left. */
const TOKEN_MS = 5 * 60_000
const kubeconfigName = /^(config|[^.].*\.(ya?ml|kubeconfig|conf))$/i

/** A kubeconfig, or each of a folder of them. A file that cannot be used is said and left out, as long as one can. */
export async function kubeconfigParts(paths: readonly string[], screen: Screen): Promise<readonly Part[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat()
  if (files.length > MOST_FILES)
    throw new GiveUp(
      `There are ${files.length} kubeconfigs: give at most ${MOST_FILES}, or put their contexts into fewer files.`,
    )
  if (files.length === 1) return [await contextsOfFile(files[0] ?? '', { screen })]
  const parts = await Promise.all(
    files.map((file) =>
      contextsOfFile(file, { screen }).catch((error: unknown) => {
        screen.trouble(errorText(error))
        return undefined
      }),
    ),
  )
  const usable = parts.filter((part) => part !== undefined)
  if (usable.length === 0)
    throw new GiveUp(`None of the ${files.length} kubeconfigs in ${paths.join(', ')} can be used.`)
  return usable
}

async function filesAt(path: string): Promise<readonly string[]> {
  const place = resolve(path)
  const found = await stat(place).catch((error: unknown) => {
    throw new GiveUp(`The kubeconfig ${place} cannot be read: ${errorText(error)}. Name a file, or a folder of them.`)
  })
  if (!found.isDirectory()) return [place]
  const files = (await readdir(place, { withFileTypes: true }))
    // Mounted Secrets are links.
    .flatMap((entry) => (!entry.isDirectory() && kubeconfigName.test(entry.name) ? [join(place, entry.name)] : []))
    .sort()
  if (files.length === 0)
    throw new GiveUp(
      `The folder ${place} holds no kubeconfig: none of its files is called config, *.yaml or *.kubeconfig.`,
    )
  return files
}

/** The cluster that this runs in, by the pod's own account, whose token is renewed. */
export function inClusterPart(name: string, environment: Readonly<Record<string, string | undefined>>): Promise<Part> {
  const server = apiOfThisCluster(environment)
  if (server === undefined)
    throw new GiveUp('--in-cluster needs a pod with a service account: outside of one, give --kubeconfig.')
  const targets = sourcedTargets([inClusterSource({ server, name })])
  const file = (path: string) => readFile(join(SERVICE_ACCOUNT, path), 'utf8')
  const renew = async () => {
    const [token, ca] = await Promise.all([file('token'), file('ca.crt')])
    return { kubeconfig: tokenKubeconfig({ server, token: token.trim(), ca }), again: TOKEN_MS }
  }
  return renew().then(
    ({ kubeconfig, again }) => ({ targets, contexts: [{ context: name, kubeconfig, renewal: { again, renew } }] }),
    (error: unknown) => {
      throw new GiveUp(`The pod's service account cannot be read: ${errorText(error)}. Mount it at ${SERVICE_ACCOUNT}.`)
    },
  )
}
