import { z } from 'zod'
import type { FieldChange } from '../../../shared/cluster/changes/fields.ts'
import { differsFromTemplate } from '../../../shared/cluster/checks/template.ts'
import { templateOf } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { isCustomKind, makersOf } from '../snapshot/custom-kinds.ts'
import { pointersTo } from '../snapshot/pointers.ts'
import { writesSize } from '../snapshot/size-writers.ts'
import { all, label, reader, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { SymptomKind } from '../symptoms/symptom.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change } from './remedies.ts'

const list = <T>(item: z.ZodType<T>) => z.array(item).catch([]).prefault([])
const Webhooks = z.looseObject({
  webhooks: list(
    z.looseObject({
      name: z.string(),
      rules: list(z.looseObject({ resources: list(z.string()), operations: list(z.string()) })),
    }),
  ),
})
const mutating = reader('MutatingWebhookConfiguration', Webhooks)

/** Which trouble a field of the pod can make. */
const makes: readonly (readonly [RegExp, readonly SymptomKind[]])[] = [
  [/^(nodeSelector|schedulerName|runtimeClassName)|resources.*requests/, ['unschedulable', 'creating']],
  [/\.image$/, ['image', 'start']],
  [/resources.*limits/, ['oom']],
  [/\.(command|args|securityContext)/, ['start', 'crash', 'config']],
]

/** Pods that are not as their template says: somebody changes them on the way in, and the template is not at fault. */
export const mutated: Analyzer = ({ snapshot, subject, symptoms }) => {
  const found = mutationsOf(snapshot, subject)
  if (found === undefined) return []
  const { pod, template, fields } = found
  return fields.flatMap((field): readonly Hypothesis[] => {
    const kinds = makes.find(([pattern]) => pattern.test(field.path))?.[1] ?? []
    const keys = of(symptoms, ...kinds).map(({ key }) => key)
    if (keys.length === 0) return []
    const hooks = hooksOnPods(snapshot)
    const writers = writersBehind(snapshot, subject, hooks, field.path)
    const [hook, more] = writers.length > 0 ? writers : hooks
    if (hook === undefined) return []
    const known = writers.length > 0 ? writers : hooks
    const leaf = field.path.split(/[.[\]]/).findLast((one) => one !== '') ?? ''
    return [
      {
        class: 'MutatedByWebhook',
        culprit: culpritOf(hook),
        summary:
          `Pods of ${label(subject)} get ${field.path} ${show(field.after)}, which their template does not set${field.before === undefined ? '' : ` (it says ${show(field.before)})`}: ${more === undefined ? label(hook) : `one of ${known.map(label).slice(0, 3).join(', ')}`} changes pods when they are made.`.slice(
            0,
            590,
          ),
        mechanism:
          `${label(hook)} writes ${field.path} into each pod when it is made; ${label(template)} has it otherwise.`.slice(
            0,
            590,
          ),
        evidence: few(
          [
            ...cite(pod, new RegExp(`^\\s*"?${leaf.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}"?: `)),
            ...cite(hook, `name: ${hook.name}`),
            ...cite(template, `name: ${template.name}`),
            ...symptoms.flatMap(({ evidence }) => evidence),
          ],
          8,
        ),
        confidence: more === undefined ? 'high' : 'medium',
        reasons: [
          'Pod and template were compared field by field.',
          `${known.length} of those that were read change pods so.`,
        ],
        falsification: `A pod made without ${label(hook)} would be as its template says.`,
        explains: keys,
        chain: [{ ...culpritOf(hook), mechanism: `sets ${field.path}` }],
        remedies: [
          change(hook, hook, {
            title: `Correct what ${label(hook)} sets, or leave this workload out of it`,
            command: `kubectl ${hook.namespace === '' ? '' : `-n ${hook.namespace} `}edit ${hook.kind.toLowerCase()} ${hook.name}`,
            risk: 'Pods that are made from then on are changed otherwise.',
            verify: `kubectl -n ${subject.namespace} get pods`,
          }),
        ],
        weight: 96,
      },
    ]
  })
}

/**
 * A webhook only carries out what objects of its maker say: the autoscaler that points at the workload writes its sizes,
 * and a policy that changes says which field.
 */
function writersBehind(snapshot: Snapshot, subject: Subject, hooks: readonly Seen[], path: string): readonly Seen[] {
  if (/resources/.test(path)) {
    const sizing = pointersTo(snapshot, subject).flatMap(({ seen }) => (writesSize(seen, path) ? seen : []))
    if (sizing.length > 0) return sizing
  }
  const leaf = path.split(/[.[\]]/).findLast((one) => /^[a-z]+$/i.test(one)) ?? ''
  return snapshot.objects.filter(({ apiVersion, kind, raw }) => {
    if (!isCustomKind(apiVersion) || !/(Policy|Assign\w*)$/.test(kind)) return false
    if (!hooks.some(({ name }) => makersOf(apiVersion).some((maker) => name.includes(maker)))) return false
    const text = JSON.stringify(raw.spec ?? {})
    return /"mutate|"patch|"assign/.test(text) && text.includes(leaf)
  })
}

const hooksOnPods = (snapshot: Snapshot): readonly Seen[] =>
  all(snapshot, mutating).filter(({ data }) =>
    data.webhooks.some(({ rules }) =>
      rules.some(
        ({ resources, operations }) =>
          resources.some((one) => /^(pods|\*)(\/\*)?$/.test(one)) &&
          operations.some((one) => /^(CREATE|\*)$/.test(one)),
      ),
    ),
  )
/** An autoscaler of sizes writes through a webhook of its own, which some clouds do not show. */
export const sizesByWebhook = (snapshot: Snapshot): boolean =>
  hooksOnPods(snapshot).some(({ name, raw }) => /\bvpa\b|vertical/i.test(`${name} ${JSON.stringify(raw.webhooks)}`))

/** The newest pod that shows a difference from the template of its own revision. */
export function mutationsOf(
  snapshot: Snapshot,
  subject: Subject,
): { readonly pod: Seen; readonly template: Seen; readonly fields: readonly FieldChange[] } | undefined {
  const limited = snapshot.objects.some(
    ({ kind, namespace }) => kind === 'LimitRange' && namespace === subject.namespace,
  )
  for (const pod of subject.pods.slice(0, 10)) {
    const owner = pod.object.metadata.ownerReferences?.find(({ controller }) => controller === true)
    const template = [...subject.revisions, ...(subject.seen === undefined ? [] : [subject.seen])].find(
      ({ kind, name }) => kind === owner?.kind && name === owner.name,
    )
    const from = template === undefined ? undefined : templateOf(template)
    if (template === undefined || from === undefined) continue
    // A LimitRange fills in resources, and is no webhook.
    const fields = differsFromTemplate(from, pod.object.spec).filter(({ path }) => !limited || !/resources/.test(path))
    if (fields.length > 0) return { pod, template, fields: fields.slice(0, 3) }
  }
  return undefined
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 120) ?? 'nothing'
