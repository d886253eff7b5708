import type { KubeObject } from '../../shared/faults/kube-object.ts'
import { type ClusterApi, ClusterApiError, type KindInfo } from '../../shared/kubernetes/cluster-api.ts'

/** A cluster in memory behind our own port: thousands of runs need no sockets. As the transport does, it gives no Secret. */
export function memoryCluster(objects: readonly KubeObject[], logs: Readonly<Record<string, string>>): ClusterApi {
  const refuse = (kind: string) => {
    if (kind === 'Secret') throw new ClusterApiError('Secrets are not read here.', 403, 'Forbidden')
  }
  const plain = new Set(['Node', 'Namespace', 'PersistentVolume', 'StorageClass', 'IngressClass'])
  return {
    server: 'https://memory',
    async list(kind, query) {
      refuse(kind.kind)
      const terms = (text = '') =>
        text
          .split(',')
          .filter((one) => one !== '')
          .map((one) => one.split(/==?/))
      const items = objects.filter((one) => {
        if (one.kind !== kind.kind || (query.namespace !== undefined && one.metadata.namespace !== query.namespace))
          return false
        if (!terms(query.labelSelector).every(([key = '', value]) => one.metadata.labels?.[key] === value)) return false
        return terms(query.fieldSelector).every(
          ([key, value]) => key !== 'metadata.name' || one.metadata.name === value,
        )
      })
      return { items: items.slice(0, query.limit), resourceVersion: '1' }
    },
    async get(kind, name, namespace) {
      refuse(kind.kind)
      return objects.find(
        (one) =>
          one.kind === kind.kind &&
          one.metadata.name === name &&
          (plain.has(one.kind) || one.metadata.namespace === namespace),
      )
    },
    async log({ namespace, pod, container, previous }) {
      const text = logs[`${namespace}/${pod}/${container}${previous ? '.previous' : ''}`]
      if (text === undefined) throw new ClusterApiError('container not found', 400, 'BadRequest')
      return { text, truncated: false }
    },
    watch: async () => {},
    kinds: async () =>
      [...new Map(objects.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }])).values()].map(
        (one): KindInfo => ({
          ...one,
          plural: `${one.kind.toLowerCase()}s`,
          namespaced: !plain.has(one.kind),
          verbs: ['get', 'list'],
        }),
      ),
    version: async () => 'v1.33.4',
    canI: async () => true,
    rules: async () => ({ incomplete: false, rules: [] }),
  }
}
