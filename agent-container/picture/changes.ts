import type { Citation } from '../../shared/artifacts/evidence.ts'
import { cite } from './cite.ts'
import { anyWorkload } from './kinds.ts'
import type { Seen } from './picture.ts'
import type { Container, PodSpec } from './shapes.ts'
import type { Subject } from './subject.ts'

/** One difference between the newest template and the one before it. */
export type Change = {
  readonly at: string
  /** `image of container web`: never an environment value. */
  readonly what: string
  readonly before: string
  readonly after: string
  readonly aspect: Aspect
  readonly container: string
  readonly evidence: readonly Citation[]
}
export type Aspect = 'image' | 'command' | 'env' | 'resources' | 'probe' | 'ports' | 'volumes' | 'placement' | 'other'

/** What the last rollout changed in the pod template, by the two newest ReplicaSets. */
export function lastChanges(subject: Subject): readonly Change[] {
  const [newest, before] = subject.revisions
  if (newest === undefined || before === undefined) return []
  const [to, from] = [specOf(newest), specOf(before)]
  if (to === undefined || from === undefined) return []
  const at = newest.object.metadata.creationTimestamp ?? ''
  const raw = differences(from, to)
  return raw.map((one) => ({
    ...one,
    at,
    evidence: [...cite(newest, one.after), ...cite(before, one.before)]
      .filter(({ quote }) => quote.length > 12)
      .slice(0, 2),
  }))
}
const specOf = (set: Seen): PodSpec | undefined => anyWorkload.of(set)?.data.spec.template?.spec

type Difference = Pick<Change, 'what' | 'before' | 'after' | 'aspect' | 'container'>
function differences(from: PodSpec, to: PodSpec): readonly Difference[] {
  const list: Difference[] = []
  const note = (aspect: Aspect, container: string, what: string, before: unknown, after: unknown) => {
    if (JSON.stringify(before) !== JSON.stringify(after))
      list.push({ aspect, container, what, before: show(before), after: show(after) })
  }
  const pairs = [...to.containers, ...to.initContainers].map((one) => ({
    one,
    was: [...from.containers, ...from.initContainers].find(({ name }) => name === one.name),
  }))
  for (const { one, was } of pairs) {
    const of = `of container ${one.name}`
    if (was === undefined) {
      list.push({
        aspect: 'other',
        container: one.name,
        what: `container ${one.name}`,
        before: 'absent',
        after: 'added',
      })
      continue
    }
    note('image', one.name, `image ${of}`, was.image, one.image)
    note('command', one.name, `command ${of}`, was.command, one.command)
    note('command', one.name, `args ${of}`, was.args, one.args)
    note('resources', one.name, `resources ${of}`, was.resources, one.resources)
    note('ports', one.name, `ports ${of}`, was.ports, one.ports)
    for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe'] as const)
      note('probe', one.name, `${probe} ${of}`, was[probe], one[probe])
    note('volumes', one.name, `volumeMounts ${of}`, was.volumeMounts, one.volumeMounts)
    list.push(...environment(was, one))
  }
  note('volumes', '', 'volumes', from.volumes, to.volumes)
  note('placement', '', 'nodeSelector', from.nodeSelector, to.nodeSelector)
  note('placement', '', 'affinity', from.affinity, to.affinity)
  note('placement', '', 'tolerations', from.tolerations, to.tolerations)
  note('other', '', 'serviceAccountName', from.serviceAccountName, to.serviceAccountName)
  note('other', '', 'imagePullSecrets', from.imagePullSecrets, to.imagePullSecrets)
  return list
}

/** By name only: what a variable holds may be secret. */
function environment(was: Container, one: Container): readonly Difference[] {
  const names = new Set([...was.env, ...one.env].map(({ name }) => name))
  const from = [...was.envFrom].map((source) => JSON.stringify(source)).join()
  const to = [...one.envFrom].map((source) => JSON.stringify(source)).join()
  const list: Difference[] =
    from === to
      ? []
      : [{ aspect: 'env', container: one.name, what: `envFrom of container ${one.name}`, before: from, after: to }]
  for (const name of names) {
    const [a, b] = [was.env.find((env) => env.name === name), one.env.find((env) => env.name === name)]
    if (JSON.stringify(a) === JSON.stringify(b)) continue
    const how = a === undefined ? 'added' : b === undefined ? 'removed' : 'changed'
    list.push({
      aspect: 'env',
      container: one.name,
      what: `environment variable ${name} of container ${one.name}`,
      before: a === undefined ? 'absent' : 'set',
      after: how,
    })
  }
  return list
}

function show(value: unknown): string {
  if (value === undefined) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
