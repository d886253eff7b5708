import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { cite } from './cite.ts'
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

/** What the last rollout changed in the pod template, by the two newest ReplicaSets or ControllerRevisions. */
export function lastChanges(subject: Subject): readonly Change[] {
  const [newest, before] = subject.revisions
  if (newest === undefined || before === undefined) return []
  const [to, from] = [newest.data.spec.template?.spec, before.data.spec.template?.spec]
  if (to === undefined || from === undefined) return []
  const at = newest.object.metadata.creationTimestamp ?? ''
  const raw = differences(from, to)
  return raw.map(({ field, ...one }) => ({
    ...one,
    at,
    evidence: [...cite(newest, `${field}${one.after}`), ...cite(before, `${field}${one.before}`)]
      .filter(({ quote }) => quote.length > 8)
      .slice(0, 2),
  }))
}

/** The annotation of the pod template that is all that the last rollout changed: charts and reloaders mark new content so. */
export function onlyMarked(subject: Subject): string | undefined {
  const [newest, before] = subject.revisions.map(({ data }) => data.spec.template)
  if (newest === undefined || before === undefined || lastChanges(subject).length > 0) return undefined
  const [to, from] = [newest.metadata.annotations, before.metadata.annotations]
  return Object.keys(to).find((name) => to[name] !== from[name] && !/restartedAt$/.test(name))
}

/** `field`: how the line of a manifest begins that holds the value. */
type Difference = Pick<Change, 'what' | 'before' | 'after' | 'aspect' | 'container'> & { readonly field: string }
function differences(from: PodSpec, to: PodSpec): readonly Difference[] {
  const list: Difference[] = []
  const note = (aspect: Aspect, container: string, what: string, before: unknown, after: unknown) => {
    if (JSON.stringify(before) === JSON.stringify(after)) return
    for (const one of leaves(before, after).slice(0, LEAVES))
      list.push({
        aspect,
        container,
        what: one.path === '' ? what : `${one.path} in ${what}`,
        before: show(one.before),
        after: show(one.after),
        field: one.path === '' ? '' : `${one.path.split('.').at(-1)}: `,
      })
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
        field: '',
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
      : [
          {
            aspect: 'env',
            container: one.name,
            what: `envFrom of container ${one.name}`,
            before: from,
            after: to,
            field: '',
          },
        ]
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
      field: '',
    })
  }
  return list
}

/** More differences in one field are a rewrite, which nobody reads one by one. */
const LEAVES = 4
type Leaf = { readonly path: string; readonly before: unknown; readonly after: unknown }

/** The single fields in which two values differ, as far down as both have fields: these stand in one line of a manifest. */
function leaves(before: unknown, after: unknown, path = ''): readonly Leaf[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (alike(before, after)) return leaves({ ...(before as object) }, { ...(after as object) }, path)
  if (!hasFields(before) || !hasFields(after)) return [{ path, before, after }]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => leaves(before[name], after[name], path === '' ? name : `${path}.${name}`))
}
/** Lists of as many objects are compared one by one. */
const alike = (before: unknown, after: unknown): boolean =>
  Array.isArray(before) &&
  Array.isArray(after) &&
  before.length === after.length &&
  [...before, ...after].every(hasFields)
const hasFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function show(value: unknown): string {
  if (value === undefined) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
