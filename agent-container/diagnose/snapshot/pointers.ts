import { z } from 'zod'
import { isCustomKind } from './custom-kinds.ts'
import { dependenciesOf } from './dependencies.ts'
import { selects } from './selectors.ts'
import { servicesOf } from './services.ts'
import { onlyAdvises } from './size-writers.ts'
import { label, type Seen, type Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

/** An object that points at a subject or at what it calls, and by which words. */
export type Pointer = { readonly seen: Seen; readonly word: string; readonly relation: string }

const decides = /^(FlowSchema|ValidatingAdmissionPolicyBinding)$/

/** References lie this deep: `spec.rules[].subjects[].serviceAccount`. */
const DEPTH = 7
const MOST_FIELDS = 600

/** Read in reverse: who names the subject, its Services, its account or namespace, or selects its pods. */
export function pointersTo(snapshot: Snapshot, subject: Subject): readonly Pointer[] {
  const ends = new Map(
    [
      ...servicesOf(snapshot, subject.namespace, subject.pods),
      ...dependenciesOf(snapshot, subject)
        .slice(0, 12)
        .flatMap(({ service }) => service ?? []),
    ].map((one) => [label(one), one]),
  )
  const owners = new Set(subject.seen?.object.metadata.ownerReferences?.map(({ kind, name }) => `${kind} ${name}`))
  return snapshot.objects.flatMap((seen): readonly Pointer[] => {
    if (!isCustomKind(seen.apiVersion) && !decides.test(seen.kind)) return []
    if (onlyAdvises(seen) || seen.kind === subject.kind || owners.has(`${seen.kind} ${seen.name}`)) return []
    for (const field of fieldsOf(seen.raw.spec)) {
      const relation = pointsAt(seen, field, subject, [...ends.values()])
      if (relation !== undefined) return [{ seen, ...relation }]
    }
    return []
  })
}

type Field = { readonly key: string; readonly value: unknown }
function fieldsOf(spec: unknown): readonly Field[] {
  const found: Field[] = []
  const walk = (value: unknown, key: string, depth: number) => {
    if (depth === 0 || found.length >= MOST_FIELDS) return
    if (Array.isArray(value)) {
      for (const one of value) walk(one, key, depth)
      return
    }
    found.push({ key, value })
    if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(inner, name, depth - 1)
  }
  walk(spec, 'spec', DEPTH)
  return found
}

function pointsAt(
  seen: Seen,
  { key, value }: Field,
  subject: Subject,
  services: readonly Seen[],
): Omit<Pointer, 'seen'> | undefined {
  const { kind, namespace, name } = subject
  if (typeof value === 'string') {
    const service = /^(hosts?|fqdn|address|service|serviceName)$/i.test(key)
      ? services.find((one) => isHostOf(value, one, seen.namespace))
      : undefined
    if (service !== undefined) return { word: value, relation: `decides how ${label(service)} is called` }
    return namespace !== '' && value === `system:serviceaccounts:${namespace}`
      ? { word: value, relation: `decides about the accounts of namespace ${namespace}` }
      : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const part = value as Readonly<Record<string, unknown>>
  const place = typeof part.namespace === 'string' ? part.namespace : seen.namespace
  if (part.kind === kind && part.name === name && (place === namespace || place === ''))
    return { word: name, relation: `points at ${label(subject)}` }
  const account = subject.spec?.serviceAccountName
  const isAccount = /^serviceAccount$/.test(key) || part.kind === 'ServiceAccount'
  if (isAccount && account !== undefined && part.name === account && place === namespace)
    return { word: account, relation: 'decides about its account' }
  const local = seen.namespace === namespace || seen.namespace === ''
  if (/^(pod|label|workload|endpoint)?selector$/i.test(key) && local && selectsPods(part, subject))
    return { word: name, relation: `selects the pods of ${label(subject)}` }
  return undefined
}

const Labels = z.record(z.string(), z.string())
/** Strict: of a part that is not understood nobody knows whom it leaves out. */
const Selector = z.union([
  z.strictObject({
    matchLabels: Labels.default({}),
    matchExpressions: z
      .array(
        z.strictObject({
          key: z.string(),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: z.array(z.string()).default([]),
        }),
      )
      .default([]),
  }),
  // Bare labels, as Services and older kinds have them, and those of a mesh's workloads.
  z.strictObject({ labels: Labels }).transform(({ labels }) => ({ matchLabels: labels, matchExpressions: [] })),
  Labels.transform((matchLabels) => ({ matchLabels, matchExpressions: [] })),
])
/** What selects everything points at nobody. */
function selectsPods(part: unknown, { labels }: Subject): boolean {
  const { data } = Selector.safeParse(part)
  if (data === undefined || Object.keys(data.matchLabels).length + data.matchExpressions.length === 0) return false
  return selects(data, labels)
}

const isHostOf = (host: string, { name, namespace }: Seen, own: string): boolean =>
  (host === name && own === namespace) ||
  host === `${name}.${namespace}` ||
  host === `${name}.${namespace}.svc` ||
  host.startsWith(`${name}.${namespace}.svc.`)
