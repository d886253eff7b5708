import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'

/** A Service as something names it: by which port, and where it says so. */
export type Backend = {
  readonly namespace: string
  readonly service: string
  readonly port: string | number | undefined
  readonly path: string
}

const backend = z.looseObject({
  service: z.looseObject({
    name: z.string(),
    port: z.looseObject({ number: z.number().optional(), name: z.string().optional() }).optional(),
  }),
})
const Ingress = z.looseObject({
  spec: z.looseObject({
    defaultBackend: backend.optional().catch(undefined),
    rules: z
      .array(
        z.looseObject({
          host: z.string().optional(),
          http: z
            .looseObject({ paths: z.array(z.looseObject({ path: z.string().optional(), backend: z.unknown() })) })
            .optional(),
        }),
      )
      .catch([]),
  }),
})
const Reference = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  kind: z.string().optional(),
  port: z.number().optional(),
})
const Route = z.looseObject({
  spec: z.looseObject({ rules: z.array(z.looseObject({ backendRefs: z.array(Reference).catch([]) })).catch([]) }),
})

/** The Services that an object sends its callers to, each once; a Service leads to itself. */
export function backendsOf(object: KubeObject, namespace: string): readonly Backend[] {
  if (object.kind === 'Service') return [{ namespace, service: object.metadata.name, port: undefined, path: '' }]
  const found = object.kind === 'Ingress' ? ofIngress(object, namespace) : ofRoute(object, namespace)
  return [...new Map(found.map((one) => [`${one.namespace}/${one.service}:${one.port}`, one])).values()]
}

function ofIngress(object: KubeObject, namespace: string): readonly Backend[] {
  const { rules = [], defaultBackend } = Ingress.safeParse(object).data?.spec ?? {}
  const given = [
    ...rules.flatMap(({ host = '*', http }) =>
      (http?.paths ?? []).map((one) => ({ to: one.backend, path: `rule ${host}${one.path ?? '/'}` })),
    ),
    { to: defaultBackend, path: 'spec.defaultBackend' },
  ]
  return given.flatMap(({ to, path }) => {
    const one = backend.safeParse(to).data?.service
    return one === undefined ? [] : [{ namespace, service: one.name, port: one.port?.number ?? one.port?.name, path }]
  })
}

/** A route of the Gateway API may lead into another namespace. */
function ofRoute(object: KubeObject, own: string): readonly Backend[] {
  return (Route.safeParse(object).data?.spec.rules ?? []).flatMap(({ backendRefs }, at) =>
    backendRefs
      .filter(({ kind = 'Service' }) => kind === 'Service')
      .map(({ name, namespace, port }) => ({
        namespace: namespace || own,
        service: name,
        port,
        path: `spec.rules[${at}].backendRefs`,
      })),
  )
}
