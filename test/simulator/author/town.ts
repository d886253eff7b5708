import type { Loose, SimObject } from '../objects.ts'
import { type Bystander, bystander, container, node, system } from './backdrop.ts'
import { type Author, createAuthor, type EventText, event, metadata } from './picture.ts'
import type { Container, PodState, PodTemplate } from './pod.ts'
import { daemonSet, deployment, type Placed, statefulSet, type Workload } from './workloads.ts'

const DAY = 1_440

/** A program as its owners would describe it; what is not said is as usual. */
export type AppText = {
  readonly namespace: string
  readonly name: string
  readonly tag?: string
  readonly days?: number
  /** Minutes since the newest template came; without it, as old as the workload. */
  readonly rolled?: number
  readonly replicas?: number
  /** The container's fields. */
  readonly main?: Loose
  readonly more?: readonly Container[]
  readonly spec?: Loose
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** The container's fields before the last rollout, whose pods still run: only one new pod has come. */
  readonly before?: Loose
  /** How its (newest) pods are; well when absent. One state for all, or one for each. */
  readonly state?: PodState | readonly PodState[]
  /** Minutes since those pods were created. */
  readonly pods?: number
  readonly port?: number
  readonly strategy?: Loose
}

export type Town = {
  readonly author: Author
  readonly ago: (minutes: number) => string
  readonly machines: readonly SimObject[]
  /** All that is well: machines, system, bystanders. */
  readonly well: readonly SimObject[]
  readonly neighbours: readonly Workload[]
  readonly app: (text: AppText) => Workload
  readonly set: (text: AppText) => Workload
  readonly daemons: (text: AppText) => Workload
  readonly thing: (
    apiVersion: string,
    kind: string,
    namespace: string,
    name: string,
    rest: Loose,
    meta?: Loose,
  ) => SimObject
  readonly warn: (about: SimObject, reason: string, message: string, text?: Partial<EventText>) => SimObject
  readonly tell: (about: SimObject, reason: string, message: string, text?: Partial<EventText>) => SimObject
  /** What the kubelet and the controllers tell of a pod that was started in vain, up to its back-off. */
  readonly crashed: (pod: SimObject, times: number, since: number) => SimObject[]
  /** Log lines, the last one so many minutes ago, a few seconds apart; `key` names the container's file. */
  readonly log: (pod: SimObject, container: string, last: number, lines: readonly string[]) => Record<string, string>
}

export type TownText = {
  readonly now: string
  readonly seed: string
  readonly nodes: readonly string[]
  readonly neighbours?: readonly Bystander[]
  /** Nodes on which nothing runs well. */
  readonly avoid?: readonly string[]
  /** Nodes that are written by the draft itself. */
  readonly machines?: (author: Author) => readonly SimObject[]
}

/** A cluster that is well, and short ways to put something into it that is not. */
export function town(text: TownText): Town {
  const author = createAuthor(text.now, text.seed, text.nodes)
  const { ago } = author
  const avoid = text.avoid ?? []
  const machines = text.machines?.(author) ?? author.nodes.flatMap((name) => node(author, name))
  const neighbours = (text.neighbours ?? []).map((one) => bystander(author, one, avoid))
  const usable = author.nodes.filter((name) => !avoid.includes(name))
  const place = (one: AppText, index: number): string =>
    usable[(index + author.number(usable.length, one.name)) % usable.length] ?? ''
  const templateOf = (one: AppText, extra: Loose = {}): PodTemplate => ({
    labels: one.labels ?? {},
    ...(one.annotations === undefined ? {} : { annotations: one.annotations }),
    containers: [
      container(mainName(one), `registry.example.net/${one.namespace}/${one.name}:${one.tag ?? '1.4.2'}`, {
        ...one.main,
        ...extra,
      }),
      ...(one.more ?? []),
    ],
    ...(one.spec === undefined ? {} : { spec: one.spec }),
  })
  const placed = (one: AppText, count: number, from = 0): Placed[] =>
    Array.from({ length: count }, (_, index) => {
      const state = Array.isArray(one.state) ? one.state[index] : one.state
      return {
        node: place(one, index + from),
        ...(one.pods === undefined ? {} : { created: one.pods + index * 0.05 }),
        ...(state === undefined ? {} : { state }),
      }
    })
  const about = (
    type: 'Normal' | 'Warning',
    subject: SimObject,
    reason: string,
    message: string,
    more: Partial<EventText> = {},
  ) => {
    const host = subject.kind === 'Pod' ? subject.spec?.nodeName : undefined
    return event(author, subject, { type, reason, message, first: 5, ...(host === undefined ? {} : { host }), ...more })
  }
  return {
    author,
    ago,
    machines,
    neighbours,
    well: [...machines, ...system(author, avoid), ...neighbours.flatMap((one) => one.objects)],
    app(one) {
      const created = (one.days ?? 20) * DAY
      const replicas = one.replicas ?? 2
      const port = one.port === undefined ? {} : { port: one.port }
      const strategy = one.strategy === undefined ? {} : { strategy: one.strategy }
      const rolled = one.rolled ?? created
      const { state: _, pods: __, ...old } = one
      const revisions =
        one.before === undefined
          ? [{ template: templateOf(one), created: rolled, pods: placed(one, countOf(one, replicas)) }]
          : [
              {
                template: templateOf(old, one.before),
                created: created - DAY,
                pods: placed(old, replicas),
              },
              { template: templateOf(one), created: rolled, pods: placed(one, 1, replicas) },
            ]
      const { namespace, name } = one
      return deployment(author, { namespace, name, created, replicas, revisions, ...port, ...strategy })
    },
    set: (one) => statefulSet(author, { ...partsOf(one), pods: placed(one, one.replicas ?? 2) }),
    daemons: (one) =>
      daemonSet(author, {
        ...partsOf(one),
        pods: author.nodes.map((name, index) => {
          const state = Array.isArray(one.state) ? one.state[index] : one.state
          return {
            node: name,
            ...(one.pods === undefined ? {} : { created: one.pods }),
            ...(state === undefined ? {} : { state }),
          }
        }),
      }),
    thing: (apiVersion, kind, namespace, name, rest, meta = {}) => {
      const { created = 9 * DAY, ...extra } = meta
      return {
        apiVersion,
        kind,
        metadata: { ...metadata(author, kind, name, namespace, created, extra), ...extra },
        ...rest,
      }
    },
    warn: (subject, reason, message, more) => about('Warning', subject, reason, message, more),
    tell: (subject, reason, message, more) => about('Normal', subject, reason, message, more),
    crashed(pod, times, since) {
      const { name, namespace, uid } = pod.metadata
      const called = pod.spec.containers[0].name
      const fieldPath = `spec.containers{${called}}`
      const host = pod.spec.nodeName
      const kubelet = { first: since, last: 1.5, count: times, fieldPath, host }
      return [
        event(author, pod, {
          reason: 'Pulled',
          message: `Container image "${pod.spec.containers[0].image}" already present on machine`,
          ...kubelet,
        }),
        event(author, pod, { reason: 'Started', message: `Started container ${called}`, ...kubelet }),
        event(author, pod, {
          type: 'Warning',
          reason: 'BackOff',
          message: `Back-off restarting failed container ${called} in pod ${name}_${namespace}(${uid})`,
          ...kubelet,
          count: times * 5,
          last: 0.3,
        }),
      ]
    },
    log: (pod, called, last, lines) => ({
      [`${pod.metadata.namespace}/${pod.metadata.name}/${called}`]: `${lines
        .map((line, index) => `${ago(last + (lines.length - 1 - index) * 0.05)} ${line}`)
        .join('\n')}\n`,
    }),
  }
  function partsOf(one: AppText) {
    return {
      namespace: one.namespace,
      name: one.name,
      created: (one.days ?? 20) * DAY,
      template: templateOf(one),
      ...(one.port === undefined ? {} : { port: one.port }),
    }
  }
}

const mainName = (one: AppText): string => one.main?.name ?? 'app'
const countOf = (one: AppText, replicas: number): number => (Array.isArray(one.state) ? one.state.length : replicas)

/** States in which pods are found. `t` gives the times. */
export const states = (ago: (minutes: number) => string) => ({
  /** Ended by itself and waiting for its next try. */
  crashing: (exitCode: number, extra: Loose = {}, restarts = 6): PodState => ({
    ready: false,
    restarts,
    state: {
      waiting: {
        message: 'back-off 2m40s restarting failed container',
        reason: 'CrashLoopBackOff',
      },
    },
    lastState: {
      terminated: {
        exitCode,
        finishedAt: ago(1.5),
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt: ago(1.6),
        ...extra,
      },
    },
  }),
  /** Not started yet, for the reason the kubelet gives. */
  waiting: (reason: string, message?: string): PodState => ({
    ready: false,
    phase: 'Pending',
    imageId: '',
    state: { waiting: message === undefined ? { reason } : { message, reason } },
  }),
  unready: { ready: false } satisfies PodState,
  pending: (message: string): PodState => ({ unscheduled: message }),
})

/** Two programs of other teams that are well. */
export const two = (namespace: string, first: string, second: string): readonly Bystander[] => [
  {
    namespace,
    name: first,
    image: `registry.example.net/${namespace}/${first}:3.0.${first.length}`,
    replicas: 2,
    days: 11,
  },
  {
    namespace,
    name: second,
    image: `registry.example.net/${namespace}/${second}:0.${second.length}.1`,
    replicas: 1,
    days: 35,
  },
]
