import { z } from 'zod'
import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { changedFields, type FieldChange } from '../../../shared/cluster/changes/fields.ts'
import { cite } from './cite.ts'
import type { Seen } from './snapshot.ts'
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
  const [to, from] = [templateOf(newest), templateOf(before)]
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

const Held = z.looseObject({ spec: z.looseObject({ template: z.looseObject({ spec: z.unknown() }) }) })
const Revised = z.looseObject({ data: Held })
/** The whole of it, not only what the rules know: any field may be the one. */
export const templateOf = ({ object }: Seen): unknown =>
  (Revised.safeParse(object).data?.data ?? Held.safeParse(object).data)?.spec.template.spec

/** `field`: how the line of a manifest begins that holds the value. */
type Difference = Pick<Change, 'what' | 'before' | 'after' | 'aspect' | 'container'> & { readonly field: string }
function differences(from: unknown, to: unknown): readonly Difference[] {
  const found = new Map<string, Difference>()
  const perField = new Map<string, number>()
  for (const one of changedFields(from, to)) {
    const difference = describe(one)
    const { container, what } = difference
    const top = `${container} ${one.path.replace(/^\w*[cC]ontainers\[[^\]]*\]\.?/, '').split(/[.[]/)[0]}`
    const count = perField.get(top) ?? 0
    perField.set(top, count + 1)
    // More differences in one field are a rewrite; variables are told by name, each.
    if (count >= LEAVES && difference.aspect !== 'env') continue
    if (!found.has(what)) found.set(what, difference)
  }
  return [...found.values()]
}
const LEAVES = 4

const aspects: readonly (readonly [RegExp, Aspect])[] = [
  [/^image$/, 'image'],
  [/^(command|args)$/, 'command'],
  [/^(env|envFrom)$/, 'env'],
  [/^resources$/, 'resources'],
  [/Probe$/, 'probe'],
  [/^ports$/, 'ports'],
  [/^(volumeMounts|volumes|volumeDevices)$/, 'volumes'],
  [/^(nodeSelector|affinity|tolerations|topologySpreadConstraints|schedulerName)$/, 'placement'],
]

function describe({ path, before, after }: FieldChange): Difference {
  const [, container = '', inside = ''] = /^(?:\w*[cC]ontainers)\[([^\]]*)\]\.?(.*)$/.exec(path) ?? []
  const rest = container === '' ? path : inside
  const of = container === '' ? '' : ` of container ${container}`
  const whole = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  if (container !== '' && rest === '')
    return {
      aspect: 'other',
      container,
      what: `container ${container}`,
      before: before === undefined ? 'absent' : 'there',
      after: whole,
      field: '',
    }
  // By name only: what a variable holds may be secret.
  const variable = /^env\[([^\]]*)\]/.exec(rest)?.[1]
  if (variable !== undefined) {
    const entire = /^env\[[^\]]*\]$/.test(rest)
    return {
      aspect: 'env',
      container,
      what: `environment variable ${variable}${of}`,
      before: entire && before === undefined ? 'absent' : 'set',
      after: entire ? whole : 'changed',
      field: '',
    }
  }
  const [top = '', ...below] = rest.split(/(?=[.[])/)
  const leaf = below.join('').replace(/^\./, '')
  return {
    aspect: aspects.find(([pattern]) => pattern.test(top))?.[1] ?? 'other',
    container,
    what: leaf === '' ? `${top}${of}` : `${leaf} in ${top}${of}`,
    before: show(before),
    after: show(after),
    field: leaf === '' || !/^\w+$/.test(leaf.split('.').at(-1) ?? '') ? '' : `${leaf.split('.').at(-1)}: `,
  }
}

function show(value: unknown): string {
  if (value === undefined) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
