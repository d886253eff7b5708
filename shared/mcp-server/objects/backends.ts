import { distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { matches } from '../../cluster/kinds/service.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { Backend } from './backend-references.ts'
import { LabelSelector, labelTest, selectorText } from './label-selector.ts'
import { type Broken, faultKey } from './workload-view.ts'

const text = z.string().nullish().catch(undefined)
const port = z.union([z.string(), z.number()]).nullish().catch(undefined)
const Labels = z.record(z.string(), z.string()).nullish().catch(undefined)
const Service = z.looseObject({
  spec: z.looseObject({
    type: text,
    selector: Labels,
    ports: z.array(z.looseObject({ name: text, port: z.number(), targetPort: port })).catch([]),
  }),
})
const Slice = z.looseObject({
  endpoints: z
    .array(z.looseObject({ conditions: z.looseObject({ ready: z.boolean().nullish() }).nullish() }))
    .nullish()
    .catch([]),
})
const Pod = z.looseObject({
  spec: z.looseObject({
    containers: z.array(
      z.looseObject({
        ports: z
          .array(z.looseObject({ name: text, containerPort: z.number() }))
          .nullish()
          .catch([]),
      }),
    ),
  }),
})
const Policy = z.looseObject({
  spec: z.looseObject({
    podSelector: LabelSelector.catch({ matchLabels: {}, matchExpressions: [] }),
    policyTypes: z.array(z.string()).catch(['Ingress']),
  }),
})

/** All of one namespace that lies behind its Services, as far as it was read. */
export type Behind = {
  readonly services: readonly KubeObject[]
  readonly pods: readonly KubeObject[]
  readonly slices: readonly KubeObject[]
  readonly policies: readonly KubeObject[]
  readonly workloads: readonly KubeObject[]
  /** Kinds of which all is read: only of these is absence known. */
  readonly complete: readonly string[]
}

type Selector = Readonly<Record<string, string>>
const selectorOf = (service: KubeObject): Selector => Service.safeParse(service).data?.spec.selector ?? {}
const selected = (pods: readonly KubeObject[], selector: Selector) =>
  Object.keys(selector).length === 0 ? [] : pods.filter(({ metadata }) => matches(selector, metadata.labels))

type Step = {
  readonly chain: string
  readonly broken: readonly Broken[]
  readonly pods: readonly KubeObject[]
  /** The Service, and the workloads that make pods for it. */
  readonly behind: readonly KubeObject[]
}
/** One step from whoever names a Service to the pods that answer: what stands there, and what is wrong with it. */
export function follow(backend: Backend, from: string, behind: Behind): Step {
  const name = `Service ${backend.namespace}/${backend.service}`
  const asked = backend.port === undefined ? '' : `:${backend.port}`
  const service = behind.services.find(({ metadata }) => metadata.name === backend.service)
  const bad = (what: string, object: string, evidence: string, severity: Broken['severity'] = 'critical'): Broken => ({
    severity,
    what,
    object,
    evidence,
  })
  if (service === undefined) {
    if (!behind.complete.includes('Service'))
      return { chain: `${from} → ${name}${asked} (could not be seen)`, broken: [], pods: [], behind: [] }
    const there = behind.services.map(({ metadata }) => metadata.name)
    const evidence = `${from} names it at ${backend.path}; the namespace has: ${there.slice(0, 8).join(', ') || 'no Service'}`
    return {
      chain: `${from} → ${name}${asked} (does not exist)`,
      broken: [{ ...bad('ServiceMissing', name, evidence), covers: faultKey('IngressUnserved', 'spec.rules', from) }],
      pods: [],
      behind: [],
    }
  }
  const { spec } = Service.parse(service)
  const broken: Broken[] = []
  const ports = spec.ports.map((one) => `${one.port}${one.name ? ` (${one.name})` : ''}`).join(', ')
  const matching = spec.ports.filter(
    (one) => backend.port === undefined || one.port === backend.port || one.name === backend.port,
  )
  // A headless Service may have no ports, and is asked for none.
  if (spec.type !== 'ExternalName' && backend.port !== undefined && matching.length === 0)
    broken.push(
      bad(
        'PortMissing',
        name,
        `${from} asks for port ${backend.port} at ${backend.path}; the Service has: ${ports || 'none'}`,
      ),
    )
  const selector = selectorOf(service)
  const pods = selected(behind.pods, selector)
  const written = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const makers = written === '' ? [] : behind.workloads.filter((one) => matches(selector, templateLabels(one)))
  const around = [service, ...makers]
  const endpoints = behind.slices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === backend.service)
    .flatMap((slice) => Slice.parse(slice).endpoints ?? [])
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false).length
  const seen = behind.complete.includes('EndpointSlice')
  if (spec.type === 'ExternalName')
    return { chain: `${from} → ${name}${asked} (a name outside the cluster)`, broken, pods, behind: around }
  if (written !== '' && pods.length === 0 && behind.complete.includes('Pod'))
    broken.push({
      ...bad('NoPodSelected', name, `its selector ${written} matches no pod; ${nearest(selector, behind)}`),
      covers: faultKey('ServiceWithoutEndpoints', 'spec.selector', name),
    })
  else if (seen && ready === 0)
    broken.push(
      bad(
        'NoReadyEndpoints',
        name,
        written === ''
          ? 'it has no selector, and nobody has given it endpoints'
          : `0 of ${Math.max(endpoints.length, pods.length)} endpoints are ready: whoever calls it gets 503 or no answer`,
      ),
    )
  else if (seen && ready < endpoints.length)
    broken.push(bad('EndpointsNotReady', name, `${ready} of ${endpoints.length} endpoints are ready`, 'warning'))
  for (const { targetPort, port: number } of matching) {
    if (typeof targetPort !== 'string' || pods.length === 0) continue
    const named = pods.some((pod) =>
      Pod.safeParse(pod).data?.spec.containers.some((one) => one.ports?.some((each) => each.name === targetPort)),
    )
    if (!named)
      broken.push(
        bad(
          'TargetPortMissing',
          name,
          `port ${number} leads to the container port named ${targetPort}, which no selected pod has`,
        ),
      )
  }
  const limiting = behind.policies.filter((policy) => {
    const { podSelector, policyTypes } = Policy.parse(policy).spec
    const fits = labelTest(selectorText(podSelector))
    return policyTypes.includes('Ingress') && pods.some(({ metadata }) => fits?.(metadata.labels ?? {}) === true)
  })
  if (limiting.length > 0)
    broken.push(
      bad(
        'NetworkPolicy',
        name,
        `who may reach its pods is limited by ${limiting.map(({ metadata }) => metadata.name).join(', ')}`,
        'info',
      ),
    )
  const state = seen
    ? `${ready} of ${endpoints.length} endpoints ready`
    : `${pods.length} pods, endpoints could not be seen`
  return { chain: `${from} → ${name}${asked} → ${state}`, broken, pods, behind: around }
}

/** The label that comes nearest, or the workload that has nobody. */
function nearest(selector: Selector, { pods, workloads }: Behind): string {
  const idle = workloads.find((one) => matches(selector, templateLabels(one)))
  if (idle !== undefined) return `${idle.kind} ${idle.metadata.name} would make such pods, and has none`
  for (const key of Object.keys(selector)) {
    const requested = selector[key] ?? ''
    const values = [...new Set(pods.flatMap(({ metadata }) => metadata.labels?.[key] ?? []))]
    const near = values.toSorted((a, b) => distance(a, requested) - distance(b, requested)).slice(0, 3)
    if (near.length > 0 && !values.includes(requested))
      return `the nearest that pods there have is ${key}=${near.join(', ')}`
  }
  return 'no workload makes such pods either'
}
const Workload = z.looseObject({
  spec: z.looseObject({ template: z.looseObject({ metadata: z.looseObject({ labels: Labels }).catch({}) }) }),
})
const templateLabels = (object: KubeObject) => Workload.safeParse(object).data?.spec.template.metadata.labels
