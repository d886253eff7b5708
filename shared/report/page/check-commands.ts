import type { Incident } from '../../incident/incident.ts'
import { inCluster } from '../bundle/in-cluster.ts'

const withPods = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']

/** Three commands that only read: the object, what happened to it, what it says. None where a name is not plain to a shell. */
export function checkCommands({ cluster, namespace, owner, resource, faultClass }: Incident): readonly string[] {
  const plain = [namespace, owner.kind, owner.name, resource.name].every((one) => /^[\w.:-]*$/.test(one))
  if (!plain || owner.name === '') return []
  const scope = namespace === '' ? '' : `-n ${namespace} `
  const [group = ''] = /^[\w-]+\.[\w.-]+(?=\/)/.exec(owner.apiVersion) ?? []
  // Two groups may call a kind the same.
  const kind = [owner.kind.toLowerCase(), ...(group === '' ? [] : [group])].join('.')
  return [
    `kubectl ${scope}describe ${kind} ${owner.name}`,
    `kubectl ${namespace === '' ? '-A ' : scope}get events --field-selector involvedObject.name=${resource.name} --sort-by=.lastTimestamp`,
    withPods.includes(owner.kind)
      ? `kubectl ${scope}logs ${kind}/${owner.name} --all-containers --tail=50${faultClass === 'crash' ? ' --previous' : ''}`
      : `kubectl ${scope}get ${kind} ${owner.name} -o yaml`,
  ].map((one) => inCluster(one, cluster))
}
