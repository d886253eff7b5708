import type { Seen, SeenLog, Snapshot } from '../../../agent-container/diagnose/snapshot/snapshot.ts'
import type { KindInfo } from '../../../shared/kubernetes/cluster-api.ts'
import { toObject } from '../../../shared/kubernetes/objects.ts'
import { incident } from '../../shared/incident/sample.ts'
import { ago } from './world.ts'

type Written = {
  readonly objects?: readonly unknown[]
  readonly logs?: readonly (Pick<SeenLog, 'pod' | 'lines'> & { readonly namespace?: string })[]
  readonly kinds?: readonly Pick<KindInfo, 'apiVersion' | 'kind' | 'namespaced'>[]
}

/** What was read, written down: for questions that one part of the diagnosis answers. Events are among the objects. */
export function snapshotOf({ objects = [], logs = [], kinds = [] }: Written): Snapshot {
  const seen = objects.flatMap((one, index): readonly Seen[] => {
    const object = toObject(one, { apiVersion: 'v1', kind: '' })
    if (object === undefined) throw new Error(`No Kubernetes object: ${JSON.stringify(one)}`)
    const { apiVersion, kind, metadata } = object
    return [
      {
        id: `ev-${index}`,
        text: JSON.stringify(one, null, 1),
        ...{ kind, apiVersion, namespace: metadata.namespace ?? '', name: metadata.name },
        ...{ object, raw: object, data: undefined },
      },
    ]
  })
  return {
    now: new Date(ago(0)),
    incident: incident(),
    objects: seen,
    events: [],
    logs: logs.map((log, index) => ({
      id: `log-${index}`,
      text: log.lines.join('\n'),
      ...{ namespace: 'shop', container: 'main', previous: false },
      ...log,
    })),
    lists: [],
    gaps: [],
    kinds: kinds.map((one) => ({ ...one, plural: `${one.kind.toLowerCase()}s`, verbs: ['get', 'list'] })),
  }
}
