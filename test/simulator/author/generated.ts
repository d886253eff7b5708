import type { SimObject } from '../objects.ts'
import { node, unreachable } from './backdrop.ts'
import type { Draft } from './draft.ts'
import { putDraft } from './put-draft.ts'
import { states, town, two } from './town.ts'
import { unseenAgain } from './unseen-again.ts'
import { unseenFifthMachinery } from './unseen-fifth-machinery.ts'
import { unseenFifthPrograms } from './unseen-fifth-programs.ts'
import { unseenFourth } from './unseen-fourth.ts'
import { unseenMachinery } from './unseen-machinery.ts'
import { unseenSeventh } from './unseen-seventh.ts'
import { unseenSixth } from './unseen-sixth.ts'
import { unseenStarts } from './unseen-starts.ts'
import { unseenThirdControls } from './unseen-third-controls.ts'
import { unseenThirdMachinery } from './unseen-third-machinery.ts'
import { unseenThirdStarts } from './unseen-third-starts.ts'
import { unseenTraffic } from './unseen-traffic.ts'

const DAY = 1_440

/** 11 MB of log with the one line that matters near its end, but not last. */
const needleInLog = (): Draft => {
  const now = '2026-10-01T10:00:00Z'
  const t = town({
    now,
    seed: 'thick-hedge',
    nodes: ['row-1', 'row-2'],
    neighbours: two('maze', 'left-turn', 'dead-end'),
  })
  const hedge = t.app({
    namespace: 'maze',
    name: 'thick-hedge',
    days: 3,
    replicas: 1,
    state: states(t.ago).crashing(1),
    port: 8080,
  })
  const [pod = hedge.owner] = hedge.pods
  const chatter = Array.from(
    { length: 110_000 },
    (_, index) =>
      `${t.ago(1.6)} DEBUG worker=${index % 16} item=${index} state=ok checksum=${(index * 2_654_435_761) % 4_294_967_296} took=3ms`,
  )
  const needle = `${t.ago(1.5)} FATAL HEDGE_SIZE environment variable is required`
  const end = Array.from({ length: 12 }, (_, index) => `${t.ago(1.5)} INFO worker=${index} stopped`)
  return {
    name: 'needle-in-11-megabytes',
    now,
    objects: [...t.well, ...hedge.objects, ...t.crashed(pod, 7, 15)],
    logs: { [`maze/${pod.metadata.name}/app.previous`]: `${[...chatter, needle, ...end].join('\n')}\n` },
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'maze', name: 'thick-hedge', class: 'MissingEnvironmentVariable' },
      mustMention: ['HEDGE_SIZE'],
      mustNotBlame: ['Node//row-1', 'Node//row-2'],
    },
  }
}

const STORM = 500
/** One node falls silent and takes 500 pods of 50 programs with it. */
const storm = (): Draft => {
  const now = '2026-10-02T10:00:00Z'
  const since = 8
  const t = town({
    now,
    seed: 'dark-cloud',
    nodes: ['sky-1', 'sky-2'],
    avoid: ['sky-2'],
    neighbours: two('weather', 'soft-rain', 'wild-wind'),
    machines: (author) => [
      ...node(author, 'sky-1'),
      ...node(author, 'sky-2', {
        lease: since + 0.7,
        taints: [{ effect: 'NoExecute', key: 'node.kubernetes.io/unreachable', timeAdded: author.ago(since) }],
        conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
          lastHeartbeatTime: author.ago(since + 0.7),
          lastTransitionTime: author.ago(since),
          message: 'Kubelet stopped posting node status.',
          reason: 'NodeStatusUnknown',
          status: 'Unknown',
          type,
        })),
      }),
    ],
  })
  const drop = (index: number): SimObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      creationTimestamp: t.ago(9 * DAY),
      labels: { app: `drop-${index % 50}` },
      name: `drop-${index % 50}-7c9d8b6f5-${t.author.suffix(5, 'drop', String(index))}`,
      namespace: 'weather',
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          controller: true,
          kind: 'ReplicaSet',
          name: `drop-${index % 50}-7c9d8b6f5`,
          uid: t.author.uid('rs', String(index % 50)),
        },
      ],
      uid: t.author.uid('drop', String(index)),
    },
    spec: { containers: [{ image: 'registry.example.net/weather/drop:1.0.0', name: 'drop' }], nodeName: 'sky-2' },
    status: {
      conditions: unreachable(t.author, 9 * DAY, since),
      containerStatuses: [
        {
          image: 'registry.example.net/weather/drop:1.0.0',
          name: 'drop',
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: t.ago(9 * DAY) } },
        },
      ],
      phase: 'Running',
    },
  })
  return {
    name: 'five-hundred-at-once',
    now,
    objects: [...t.well, ...Array.from({ length: STORM }, (_, index) => drop(index))],
    expect: {
      rootCause: { kind: 'Node', namespace: '', name: 'sky-2', class: 'NodeNotReady' },
      mustNotBlame: ['Node//sky-1'],
    },
  }
}

/** Too big to be committed, so that they are written anew each time, the same each time. */
export function putGenerated(folder: string): readonly string[] {
  return [needleInLog, storm].map((write) => putDraft(folder, write()))
}

/** The sets that were unseen when they were written: too many to be committed as well. */
export const unseenDrafts = (): readonly Draft[] =>
  [
    ...unseenTraffic,
    ...unseenStarts,
    ...unseenMachinery,
    ...unseenAgain,
    ...unseenThirdStarts,
    ...unseenThirdMachinery,
    ...unseenThirdControls,
    ...unseenFourth,
    ...unseenFifthPrograms,
    ...unseenSixth,
    ...unseenSeventh,
    ...unseenFifthMachinery,
  ].map((write) => write())
export function putUnseen(folder: string): void {
  for (const draft of unseenDrafts()) putDraft(folder, draft)
}
