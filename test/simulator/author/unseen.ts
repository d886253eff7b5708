import type { Loose, SimObject } from '../objects.ts'
import type { Draft } from './draft.ts'
import { states, type Town, town, two } from './town.ts'

/** What one unseen fault adds to a cluster that is well. */
export type Unseen = {
  readonly objects: readonly SimObject[]
  readonly logs?: Readonly<Record<string, string>>
  readonly access?: readonly unknown[]
  readonly expect: Loose
}

type Tools = Town & { readonly is: ReturnType<typeof states> }

/**
 * Faults that were written down before the rules were tried on them, by somebody who did not look at the rules: they
 * measure what the rules make of what nobody had in mind. A later change to the rules makes them known; then they only
 * keep what was reached, and a new set is needed to measure again.
 */
export const unseen =
  (name: string, make: (t: Tools) => Unseen, nodes = ['pool-a-1', 'pool-a-2', 'pool-b-1'], more: Loose = {}) =>
  (): Draft => {
    const now = '2026-11-03T10:24:00Z'
    const t = town({ now, seed: name, nodes, neighbours: two('platform', 'audit-trail', 'feature-flags'), ...more })
    const { objects, ...rest } = make({ ...t, is: states(t.ago) })
    return { name, now, objects: [...t.well, ...objects], ...rest }
  }

/** `Kind/namespace/name` as an expectation has it. */
export const at = (text: string): Loose => {
  const [kind, namespace, name] = text.split('/')
  return { kind, namespace, name }
}

export const cause = (text: string, mustMention: readonly string[] = [], more: Loose = {}): Loose => ({
  rootCause: at(text),
  ...(mustMention.length === 0 ? {} : { mustMention }),
  ...more,
})

/** The same lines in the logs of each pod, now and before. */
export const allLogs = (t: Town, pods: readonly SimObject[], lines: readonly string[], container = 'app'): Loose =>
  Object.assign(
    {},
    ...pods.flatMap((pod) => [t.log(pod, container, 0.2, lines), t.log(pod, `${container}.previous`, 1.5, lines)]),
  )

export const readyAt = (path: string, port: number | string = 8080): Loose => ({
  readinessProbe: { httpGet: { path, port, scheme: 'HTTP' } },
})

export const ingress = (
  t: Town,
  namespace: string,
  name: string,
  paths: readonly Loose[],
  more: Loose = {},
): SimObject =>
  t.thing('networking.k8s.io/v1', 'Ingress', namespace, name, {
    spec: { ingressClassName: 'nginx', rules: [{ host: `${name}.example.com`, http: { paths } }], ...more },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.20' }] } },
  })

export const path = (prefix: string, service: string, port: Loose = { number: 80 }): Loose => ({
  path: prefix,
  pathType: 'Prefix',
  backend: { service: { name: service, port } },
})

/** An ingress controller that works, with its class. */
export const controller = (t: Town, lines: readonly string[]) => {
  const it = t.app({ namespace: 'ingress-nginx', name: 'ingress-nginx-controller', replicas: 1, days: 60, port: 8443 })
  return {
    objects: [
      ...it.objects,
      t.thing('networking.k8s.io/v1', 'IngressClass', '', 'nginx', { spec: { controller: 'k8s.io/ingress-nginx' } }),
    ],
    logs: t.log(it.pods[0] ?? it.owner, 'app', 0.2, lines),
  }
}
