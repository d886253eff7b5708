import type { ClusterPermissions } from '../artifacts/permissions.ts'
import { connectCluster } from '../kubernetes/connect.ts'
import { installReader } from '../kubernetes/install-reader.ts'
import { type KubeconfigOptions, readKubeconfig } from '../kubernetes/kubeconfig.ts'
import { checkPermissions } from '../kubernetes/permissions.ts'
import type { Clock } from '../runtime/clock.ts'
import { GiveUp } from '../runtime/errors.ts'
import { addCluster, type NewCluster } from './add-cluster.ts'
import { readerManifests } from './manifests.ts'
import { minimalKubeconfig } from './minimal-kubeconfig.ts'

/** A fresh right takes a moment to reach every API server of a cluster. */
const TRIES = 5
const BETWEEN_TRIES_MS = 2_000
/** A server that gives far less than was asked for says so in the token itself. */
const SHORT = 0.9
const DAY_MS = 86_400_000

export type OnboardDeps = {
  readonly clock: Clock
  /** Keeps the kubeconfig and answers with the reference that clusters.yaml holds. */
  readonly store: (name: string, kubeconfig: string) => Promise<string>
  readonly clustersFile: { readonly where: string; readonly read: () => string; readonly write: (text: string) => void }
  readonly say: (line: string) => void
}
export type OnboardInput = {
  readonly kubeconfig: { readonly text: string; readonly where: string } & KubeconfigOptions
  readonly cluster: Omit<NewCluster, 'kubeconfig'>
  /** plan: changes nothing anywhere. apply: makes account and rights. as-is: the kubeconfig is already what is wanted. */
  readonly mode: 'plan' | 'apply' | 'as-is'
  readonly tokenDays: number
}

/** From somebody's kubeconfig to a cluster that Nightcrier watches. May run again: nothing doubles, the token is renewed. */
export const onboard =
  (deps: OnboardDeps) =>
  async ({ kubeconfig: given, cluster, mode, tokenDays }: OnboardInput): Promise<void> => {
    const { text, where, ...options } = given
    const kubeconfig = readKubeconfig(text, where, options)
    deps.say(`${cluster.name}: ${kubeconfig.server}, by context ${kubeconfig.context} of ${where}`)
    const manifests = readerManifests(cluster.allowSecretsAccess)
    if (mode === 'plan') {
      print(deps, await permissionsOf(deps, cluster, text, options))
      deps.say('These are the manifests. Nothing was changed: --apply applies them and goes on.')
      deps.say(manifests.text)
      return
    }

    const ready = mode === 'apply' ? await minimal() : await asIs()
    // What is kept must work without this machine: no program, no file beside it.
    readKubeconfig(ready, `the kubeconfig of ${cluster.name}`)
    const tries = mode === 'apply' ? TRIES : 1
    const permissions = await settled(deps, tries, () => permissionsOf(deps, cluster, ready, {}))
    print(deps, permissions)
    if (!permissions.minimum_permissions_met)
      throw new GiveUp(
        `${cluster.name} cannot be triaged with these rights: pods, their logs and events must be readable.`,
      )
    const file = deps.clustersFile
    // Tried before anything is kept, so that a wrong file leaves no secret without a cluster.
    addCluster(file.read(), file.where, { ...cluster, kubeconfig: 'keyvault:to-be-named' })
    const reference = await deps.store(cluster.name, ready)
    deps.say(`Stored as ${reference}`)
    file.write(addCluster(file.read(), file.where, { ...cluster, kubeconfig: reference }))
    deps.say(`${file.where} has the cluster ${cluster.name}`)

    async function minimal(): Promise<string> {
      const { token, expires } = await installReader(kubeconfig, manifests.objects, tokenDays * 86_400)
      deps.say(`Applied ${manifests.objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', ')}`)
      const days = (Date.parse(expires) - deps.clock.now().getTime()) / DAY_MS
      const short = days < tokenDays * SHORT ? ` (${tokenDays} were asked for: this cluster gives no longer ones)` : ''
      deps.say(`The token ends ${expires}, in ${days.toFixed(1)} days${short}. Onboard again before that.`)
      return minimalKubeconfig(cluster.name, kubeconfig, token)
    }
    function asIs(): string {
      return kubeconfig.text
    }
  }

async function permissionsOf(
  { clock }: OnboardDeps,
  cluster: OnboardInput['cluster'],
  text: string,
  options: KubeconfigOptions,
): Promise<ClusterPermissions> {
  const api = connectCluster(text, { ...options, where: `the kubeconfig of ${cluster.name}` })
  try {
    const { name, allowSecretsAccess } = cluster
    return await checkPermissions(api, { cluster: name, allowSecretsAccess, now: clock.now })
  } finally {
    await api.close()
  }
}

async function settled(
  deps: OnboardDeps,
  tries: number,
  ask: () => Promise<ClusterPermissions>,
): Promise<ClusterPermissions> {
  for (let attempt = 1; ; attempt++) {
    const permissions = await ask()
    if (permissions.minimum_permissions_met || attempt === tries) return permissions
    await deps.clock.sleep(BETWEEN_TRIES_MS)
  }
}

function print({ say }: OnboardDeps, permissions: ClusterPermissions): void {
  say(permissions.minimum_permissions_met ? 'Pods, logs and events can be read' : 'Pods, logs or events cannot be read')
  for (const warning of permissions.warnings) say(`Warning: ${warning}`)
}
