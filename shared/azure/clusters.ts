import type { Vault } from '../runtime/vault.ts'
import { cloudOf } from './cloud.ts'
import { ownLogin } from './credential.ts'
import type { FoundCluster } from './discovery.ts'
import { keyVault } from './vault.ts'

type Environment = Readonly<Record<string, string | undefined>>
/** What a program that serves clusters may want of Azure. */
export type AzureClusters = {
  /** Those with the tag `nightcrier: watch`. */
  readonly marked: (subscriptions: readonly string[]) => Promise<readonly FoundCluster[]>
  /** The kubeconfig of an AKS cluster by its resource id. */
  readonly kubeconfig: (clusterId: string) => Promise<string>
  /** Absent: none is set up. */
  readonly vault?: Vault
}

/** With the identity that is at hand. Azure's libraries are loaded with the first use: most who serve clusters use none. */
export function azureClusters(environment: Environment): AzureClusters {
  const credential = ownLogin(environment)
  const cloud = cloudOf(environment)
  const url = environment.KEY_VAULT_URL
  return {
    marked: async (subscriptions) =>
      (await import('./discovery.ts')).markedClusters({ subscriptions, credential, cloud }),
    kubeconfig: async (id) => (await import('./aks-kubeconfig.ts')).aksKubeconfig({ credential, cloud }, id),
    ...(url === undefined || url === '' ? {} : { vault: keyVault({ url, credential }) }),
  }
}
