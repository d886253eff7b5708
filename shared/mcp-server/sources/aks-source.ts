import type { AzureClusters } from '../../azure/clusters.ts'
import { readKubeconfig, type SecretDeps } from '../../config/secret-ref.ts'
import { connectCluster } from '../../kubernetes/connect.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import type { AksTable } from '../server/server-config.ts'
import { discoverySource } from './discovery-source.ts'
import type { Connect, Source } from './source.ts'

/** A resource id as Azure Resource Graph gives it. */
const resourceId = /^\/subscriptions\/[\w-]{1,64}\/resourceGroups\/[\w().-]{1,90}\/providers\/[\w./-]{1,200}$/i

/**
 * AKS clusters with the tag `nightcrier: watch`, with the tags that the watch reads. One is reached as `nightcrier-kubeconfig`
 * says, a secret of the vault; without it, or with `entra`, by the identity of whoever runs this server.
 */
export function aksSource(
  table: AksTable,
  azure: AzureClusters,
  clock: Clock,
  connect: Connect = connectCluster,
): Source {
  const place = `AKS (${table.subscriptions.length === 1 ? '1 subscription' : `${table.subscriptions.length} subscriptions`})`
  const secrets: SecretDeps = { vault: azure.vault, aks: azure.kubeconfig }
  async function marked() {
    try {
      return await azure.marked(table.subscriptions)
    } catch (error) {
      // What each way to log in lacks stands on further lines.
      const why = (errorText(error).split('\n')[0] ?? '').replace(/\.$/, '')
      throw new GiveUp(
        `${place} cannot be asked: ${why}. Log in with az or azd, or give the identity of this server the role Reader there.`,
      )
    }
  }
  return discoverySource({
    kind: 'aks',
    name: place,
    place,
    filter: table,
    goodId: (id) => resourceId.test(id),
    discover: async () =>
      (await marked()).map(({ id, name, location, tags }) => {
        const tag = (key: string) => tags[`nightcrier-${key}`] ?? ''
        const secret = tag('kubeconfig')
        const reference = secret === '' || secret === 'entra' ? `aks:${id}` : `keyvault:${secret}`
        return {
          id,
          name: tag('name') || name,
          state: '',
          labels: {
            ...(location === '' ? {} : { region: location }),
            ...(tag('environment') === '' ? {} : { environment: tag('environment') }),
          },
          // Known to Azure only, which is asked with the first call.
          server: '',
          open: async () => {
            const { text, where } = await readKubeconfig(secrets)(reference)
            return connect(text, { where })
          },
        }
      }),
    status: async () => ({ how: 'with the identity of this server' }),
    clock,
  })
}
