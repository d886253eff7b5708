import { cite, few } from '../snapshot/cite.ts'
import { backendsOf } from '../snapshot/dependencies.ts'
import { ingresses, services } from '../snapshot/kinds.ts'
import { nearest } from '../snapshot/near-name.ts'
import { backing } from '../snapshot/services.ts'
import type { Service } from '../snapshot/shapes-around.ts'
import { all, label, present, type Seen, whether } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change } from './remedies.ts'
import { serviceFaults } from './service-faults.ts'

/** An Ingress that no controller takes, or that leads nowhere. */
export const ingress: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  const own = present(snapshot, ingresses, subject.namespace, subject.name)
  if (subject.kind !== 'Ingress' || own === undefined) return []
  const keys = of(scene.symptoms, 'trouble', 'condition').map(({ key }) => key)
  const edit = (title: string) => [
    change(own, own, {
      title,
      command: `kubectl -n ${own.namespace} edit ingress/${own.name}`,
      risk: 'Traffic moves at once.',
      verify: `kubectl -n ${own.namespace} get ingress ${own.name}`,
    }),
  ]
  const common = { culprit: culpritOf(own), confidence: 'high' as const, explains: keys, weight: 88 }
  const named = own.data.spec.ingressClassName
  const known = named === undefined ? undefined : whether(snapshot, 'IngressClass', '', named)
  if (known?.is === 'absent') {
    const classes = snapshot.objects.filter(({ kind }) => kind === 'IngressClass').map(({ name }) => name)
    return [
      {
        ...common,
        class: 'IngressClassNotFound',
        summary: `${label(own)} names the IngressClass ${named}, which does not exist (there are: ${classes.join(', ') || 'none'}).`,
        mechanism: 'No controller takes the Ingress, so that it gets no address and no traffic.',
        evidence: few(
          [
            ...cite(own, `ingressClassName: ${named}`),
            ...(known.source === undefined ? [] : cite(known.source, known.source.text)),
          ],
          4,
        ),
        reasons: ['The classes of the cluster were listed.'],
        falsification: 'An Ingress that was taken would have an address in its status.',
        remedies: edit(
          `Name a class that exists${classes.length > 0 ? `: ${nearest(named ?? '', classes) ?? classes[0]}` : ''}`,
        ),
      },
    ]
  }
  return [
    ...backendsOf(own).flatMap((backend): readonly Hypothesis[] => backendFaults(scene, own, backend, common, edit)),
    ...crossed(scene, own).map(
      ({ path, host, service, meant }): Hypothesis => ({
        ...common,
        class: 'IngressBackendWrong',
        summary: `${label(own)} leads ${host ?? ''}${path ?? '/'} to ${label(service)}, and ${label(meant)} is there, bears that name and gets nothing of it.`,
        mechanism: `Requests for ${path ?? host ?? own.name} come to ${label(service)}, which does not know them.`,
        evidence: few(
          [
            ...cite(own, path === undefined ? `host: ${host}` : `path: ${path}`),
            ...cite(own, `name: ${service.name}`),
            ...cite(meant, `name: ${meant.name}`),
            ...unknownThere(scene, service, path),
          ],
          6,
        ),
        reasons: [
          `${label(meant)} has ready endpoints, and no path of its name leads to it.`,
          ...(unknownThere(scene, service, path).length > 0 ? [`${label(service)} answers 404 to such requests.`] : []),
        ],
        falsification: `Were it meant so, ${label(service)} would serve these paths, or ${label(meant)} would be led to elsewhere.`,
        remedies: edit(`Lead it to ${meant.name}`),
        weight: 70,
      }),
    ),
  ]
}

function backendFaults(
  scene: Scene,
  own: NonNullable<ReturnType<(typeof ingresses)['of']>>,
  backend: ReturnType<typeof backendsOf>[number],
  common: Pick<Hypothesis, 'culprit' | 'confidence' | 'explains' | 'weight'>,
  edit: (title: string) => Hypothesis['remedies'],
): readonly Hypothesis[] {
  const { snapshot } = scene
  const service = present(snapshot, services, own.namespace, backend.name)
  if (service === undefined) {
    const known = whether(snapshot, 'Service', own.namespace, backend.name)
    if (known.is !== 'absent') return []
    const names = all(snapshot, services, own.namespace).map(({ name }) => name)
    return [
      {
        ...common,
        class: 'IngressBackendWrong',
        summary: `${label(own)} leads to the Service ${backend.name}, which does not exist${nearest(backend.name, names) === undefined ? '' : `; ${nearest(backend.name, names)} does`}.`,
        mechanism: 'The controller has nowhere to send the requests and answers 503 or 404.',
        evidence: few(
          [
            ...cite(own, `name: ${backend.name}`),
            ...(known.source === undefined ? [] : cite(known.source, known.source.text)),
          ],
          4,
        ),
        reasons: ['The services of the namespace were listed.'],
        falsification: 'A service of that name would be listed.',
        remedies: edit('Name a service that exists'),
      },
    ]
  }
  const { number, name } = backend.port ?? {}
  const ports = service.data.spec.ports
  if (
    (number !== undefined && !ports.some(({ port }) => port === number)) ||
    (name !== undefined && !ports.some((one) => one.name === name))
  )
    return [
      {
        ...common,
        class: 'IngressBackendWrong',
        summary: `${label(own)} leads to port ${number ?? name} of ${label(service)}, which serves ${ports.map(({ port }) => port).join(', ')}.`,
        mechanism: 'The controller finds no such port and answers 503.',
        evidence: few(
          [
            ...cite(own, new RegExp(`(number|name): "?${number ?? name}"?$`)),
            ...ports.flatMap(({ port }) => cite(service, `port: ${port}`)),
          ],
          5,
        ),
        reasons: ['The ports of the service were compared.'],
        falsification: 'A port that exists would be served.',
        remedies: edit(`Name port ${ports[0]?.port ?? ''}`),
      },
    ]
  return serviceFaults(scene, service, { client: undefined, port: number, failure: undefined }).map((one) => ({
    ...one,
    explains: common.explains,
  }))
}

type Door = NonNullable<ReturnType<(typeof ingresses)['of']>>
const plain = (name: string): string => name.replace(/-(svc|service|api|web|app|server)$/, '')

/** Paths that bear the name of one service and lead to another, both of which are there. */
function crossed({ snapshot }: Scene, own: Door) {
  const there = all(snapshot, services, own.namespace)
  const routes = own.data.spec.rules.flatMap(({ host, http }) =>
    (http?.paths ?? []).map(({ path, backend }) => ({ host, path, to: backend?.service?.name })),
  )
  const meantBy = ({ host, path }: (typeof routes)[number]): readonly string[] =>
    [...(path ?? '').split('/'), host?.split('.')[0] ?? ''].filter((word) => word.length > 2).map(plain)
  return routes.flatMap((route) => {
    const service = there.find(({ name }) => name === route.to)
    const words = meantBy(route)
    if (service === undefined || words.some((word) => plain(service.name).includes(word))) return []
    const meant = there.find(
      (one) =>
        one !== service &&
        words.includes(plain(one.name)) &&
        backing(snapshot, one).ready > 0 &&
        !routes.some((other) => other.to === one.name && meantBy(other).includes(plain(one.name))),
    )
    return meant === undefined ? [] : [{ ...route, service, meant }]
  })
}

/** Lines in which those who get the requests say that they know no such path. */
const unknownThere = ({ snapshot }: Scene, service: Seen<Service>, path: string | undefined) =>
  path === undefined || path === '/'
    ? []
    : snapshot.logs
        .filter(({ pod }) => backing(snapshot, service).pods.some(({ name }) => name === pod))
        .flatMap((log) => {
          const line = log.lines.findLast((one) => one.includes(path) && /\b404\b/.test(one))
          return line === undefined ? [] : cite(log, line)
        })
