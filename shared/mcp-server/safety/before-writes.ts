import type { Kind } from '../../kubernetes/cluster-api.ts'
import type { ClusterWriter } from '../../kubernetes/cluster-writer.ts'

type Change = 'apply' | 'create' | 'delete' | 'scale' | 'exec'

/** The same writer; `review` is called before each change, and what it throws keeps the change from happening. */
export function beforeWrites(
  write: ClusterWriter,
  review: (change: Change, kind: Kind, namespace: string | undefined, dryRun: boolean) => void,
): ClusterWriter {
  // A namespace lies in itself.
  const spaceOf = ({ kind }: Kind, name: string, namespace: string | undefined) =>
    kind === 'Namespace' ? name : namespace
  return {
    place: write.place,
    mayApply: (object, namespace) => {
      review('apply', object, spaceOf(object, object.metadata.name, namespace), true)
      write.mayApply(object, namespace)
    },
    apply: async (object, namespace, how) => {
      review('apply', object, spaceOf(object, object.metadata.name, namespace), how.dryRun)
      return write.apply(object, namespace, how)
    },
    create: async (object, namespace, how) => {
      review('create', object, namespace, how.dryRun)
      return write.create(object, namespace, how)
    },
    remove: async (kind, name, namespace, how) => {
      review('delete', kind, spaceOf(kind, name, namespace), how.dryRun)
      return write.remove(kind, name, namespace, how)
    },
    scale: async (kind, name, namespace, how) => {
      review('scale', kind, namespace, how.dryRun)
      return write.scale(kind, name, namespace, how)
    },
    exec: async (query, signal) => {
      review('exec', { apiVersion: 'v1', kind: 'Pod' }, query.namespace, false)
      return write.exec(query, signal)
    },
  }
}
