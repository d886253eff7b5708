import { type Context, olderThan } from '../context.ts'
import { defineKind, type Sign } from '../sign.ts'
import type { ViewOf } from '../view/view.ts'

type Ingress = ViewOf<'Ingress'>

/** A chart may apply the class after the Ingress. */
const GRACE_SECONDS = 120
/** A cloud's load balancer takes some minutes to be made. */
const ADDRESS_SECONDS = 900

const classOf = ({ metadata, spec }: Ingress): string | undefined =>
  spec?.ingressClassName ?? metadata.annotations['kubernetes.io/ingress.class']
const hasAddress = ({ status }: Ingress): boolean => status.loadBalancer.ingress.length > 0

export const ingress = defineKind({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  signs: (view, context) => {
    if (view.metadata.deletionTimestamp) return []
    const sign = unserved(view, context) ?? leadsNowhere(view, context) ?? withoutAddress(view, context)
    return sign === undefined ? [] : [sign]
  },
})

/** Nobody takes it, so nothing answers where it points. An old annotation may be served without a class object. */
function unserved(view: Ingress, { now, named, complete, all }: Context): Sign | undefined {
  const { metadata, spec } = view
  const name = spec?.ingressClassName
  if (!name || hasAddress(view) || !olderThan(GRACE_SECONDS, metadata.creationTimestamp, now)) return undefined
  if (!complete('IngressClass') || named('IngressClass', undefined, name) !== undefined) return undefined
  const known = all('IngressClass').map((one) => one.metadata.name)
  return {
    reason: 'IngressUnserved',
    message: `Ingress has class ${name}, which does not exist (there are: ${known.slice(0, 10).join(', ') || 'none'}), so nobody serves it`,
    field: 'spec.ingressClassName',
    harm: { severity: 'critical', words: 'nobody serves an Ingress' },
    mark: name,
  }
}

/** It names a Service that is not there: what comes in for that path is answered with an error. */
function leadsNowhere({ metadata, spec }: Ingress, { now, named, complete }: Context): Sign | undefined {
  if (!complete('Service') || !olderThan(GRACE_SECONDS, metadata.creationTimestamp, now)) return undefined
  const paths = (spec?.rules ?? []).flatMap((rule) => rule.http?.paths ?? [])
  const services = new Set(
    [...paths.map((path) => path.backend), spec?.defaultBackend].flatMap((one) => one?.service?.name ?? []),
  )
  const missing = [...services].filter((name) => named('Service', metadata.namespace, name) === undefined)
  if (missing.length === 0) return undefined
  return {
    reason: 'IngressUnserved',
    message: `Ingress leads to Service ${missing.join(', ')}, which does not exist in its namespace`,
    field: 'spec.rules',
    harm: {
      severity: missing.length === services.size ? 'critical' : 'warning',
      words: `${services.size - missing.length} of ${services.size} Services behind an Ingress exist`,
    },
    mark: missing.join(),
  }
}

/** Its controller gives others of the class an address, and not this one. Where nobody has one, that is how it is there. */
function withoutAddress(view: Ingress, { now, all }: Context): Sign | undefined {
  const name = classOf(view)
  if (name === undefined || hasAddress(view) || !olderThan(ADDRESS_SECONDS, view.metadata.creationTimestamp, now))
    return undefined
  const served = all('Ingress').filter((one) => classOf(one) === name && hasAddress(one)).length
  if (served === 0) return undefined
  return {
    reason: 'IngressUnserved',
    message: `Ingress has no address since ${view.metadata.creationTimestamp}, while class ${name} serves ${served} others`,
    field: 'status.loadBalancer',
    since: view.metadata.creationTimestamp ?? undefined,
    harm: { severity: 'warning', words: 'an Ingress has no address' },
  }
}
