import { isMap, isSeq, parseDocument } from 'yaml'
import { parseClusters, problemText } from '../config/clusters-file.ts'
import { GiveUp } from '../runtime/errors.ts'

export type NewCluster = {
  readonly name: string
  readonly environment: string
  readonly labels: Readonly<Record<string, string>>
  readonly endpoint: string
  readonly apiKey: string
  /** A reference, never the text. */
  readonly kubeconfig: string
  readonly allowSecretsAccess: boolean
}

/** The clusters file with one more cluster, comments and all else as they were; of one that is there only the kubeconfig changes. */
export function addCluster(text: string, where: string, cluster: NewCluster): string {
  const document = parseDocument(text.trim() === '' ? 'clusters: []\n' : text)
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new GiveUp(`${where} is no clusters file: mend it first, or name another with --clusters.`)
  if (document.has('mcp_endpoint'))
    throw new GiveUp(`${where} says mcp_endpoint: move it into clusters as mcp.endpoint of one of them first.`)
  if (!document.has('clusters')) document.set('clusters', document.createNode([]))
  const list = document.get('clusters')
  if (!isSeq(list)) throw new GiveUp(`${where}: clusters must be a list.`)
  // `[]` would go on in one line.
  list.flow = false
  const known = list.items.find((item) => isMap(item) && item.get('name') === cluster.name)
  if (isMap(known)) {
    known.setIn(['triage', 'enabled'], true)
    known.setIn(['triage', 'kubeconfig'], cluster.kubeconfig)
    known.setIn(['triage', 'allow_secrets_access'], cluster.allowSecretsAccess)
  } else list.add(document.createNode(entry(cluster)))
  const changed = document.toString({ lineWidth: 0 })
  const { errors } = parseClusters(changed)
  if (errors.length > 0) throw new GiveUp(problemText(where, errors))
  return changed
}

const entry = ({ name, environment, labels, endpoint, apiKey, kubeconfig, allowSecretsAccess }: NewCluster) => ({
  name,
  ...(environment === '' ? {} : { environment }),
  ...(Object.keys(labels).length === 0 ? {} : { labels }),
  mcp: { endpoint, ...(apiKey === '' ? {} : { api_key: apiKey }) },
  triage: { enabled: true, kubeconfig, allow_secrets_access: allowSecretsAccess },
})
