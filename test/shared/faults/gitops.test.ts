import { describe, expect, test } from 'vitest'
import { healthOf } from '../../../shared/cluster/kinds.ts'
import { faultKinds } from '../../../shared/faults/fault-kinds.ts'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'
import { ago, conditions, event, named, now, seen } from './pictures.ts'

const release = (more: object, metadata: object = {}) =>
  named('HelmRelease', 'helm.toolkit.fluxcd.io/v2', more, metadata)
const kustomization = (more: object, name = 'apps') =>
  named('Kustomization', 'kustomize.toolkit.fluxcd.io/v1', more, { name, uid: name })
const application = (status: object) => named('Application', 'argoproj.io/v1alpha1', { spec: {}, status })
/** As Argo CD writes it: a type, a sentence and a time. */
const said = (type: string, seconds = 1_200) => [{ type, message: 'why', lastTransitionTime: ago(seconds) }]
const synced = { sync: { status: 'Synced' }, health: { status: 'Healthy' } }
const failedSync = (seconds: number, phase = 'Failed') => ({
  operationState: { phase, message: 'admission webhook denied the request', finishedAt: ago(seconds) },
})
const waitsFor = (name: string, own = 'apps') =>
  kustomization(
    {
      spec: { dependsOn: [{ name }] },
      ...conditions(['Ready', 'False', 'DependencyNotReady', 1_200, `${name} is not ready`]),
    },
    own,
  )
const broken = kustomization(conditions(['Ready', 'False', 'BuildFailed', 1_200]), 'infra')
/** Each try sets the condition anew, and adds to the warning. */
const tried = (first: number, count: number) =>
  event({ kind: 'Kustomization', name: 'apps', uid: 'apps' }, 'BuildFailed', 'why', 20, {
    count,
    firstTimestamp: ago(first),
  })

test('the watch lists the kinds that say how a deployment went', () => {
  expect(faultKinds.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['HelmRelease', 'Kustomization', 'Application']),
  )
})

test.each<[string, readonly KubeObject[], RegExp]>([
  [
    'a release that could not be upgraded',
    [release(conditions(['Released', 'False', 'UpgradeFailed', 1_200], ['Ready', 'False', 'UpgradeFailed', 1_200]))],
    /^HelmRelease says Ready=False, reason: UpgradeFailed, message: why/,
  ],
  [
    'a release whose tries are spent',
    [release(conditions(['Stalled', 'True', 'RetriesExceeded', 1_200]))],
    /Stalled=True, reason: RetriesExceeded/,
  ],
  ['manifests that cannot be built', [broken], /^Kustomization says Ready=False, reason: BuildFailed/],
  [
    'what is tried again every minute and fails each time',
    [kustomization(conditions(['Ready', 'False', 'BuildFailed', 20])), tried(900, 12)],
    /reason: BuildFailed/,
  ],
  ['what waits for something that is not there', [waitsFor('infra')], /reason: DependencyNotReady/],
  ['a source that cannot be compared', [application({ conditions: said('ComparisonError') })], /ComparisonError=True/],
  [
    'a sync that was refused',
    [application({ ...failedSync(1_200), sync: { status: 'OutOfSync' }, health: { status: 'Healthy' } })],
    /^The last sync of Application ended as Failed, message: admission webhook denied/,
  ],
  [
    'an application that is degraded',
    [application({ sync: { status: 'Synced' }, health: { status: 'Degraded', lastTransitionTime: ago(1_200) } })],
    /^Application is Degraded/,
  ],
])('%s is heard', (_, objects, text) => {
  const found = seen(objects)
  expect(found.map(({ faultType }) => faultType)).toEqual(['ResourceFailing'])
  expect(found[0]?.context).toMatch(text)
})

test.each<[string, readonly KubeObject[]]>([
  ['a release that is well', [release(conditions(['Ready', 'True', 'UpgradeSucceeded', 9_000]))]],
  ['a release on its way', [release(conditions(['Ready', 'Unknown', 'Progressing', 1_200]))]],
  [
    'a release that is suspended after it failed',
    [release({ spec: { suspend: true }, ...conditions(['Ready', 'False', 'UpgradeFailed', 9_000]) })],
  ],
  ['a release that failed a moment ago', [release(conditions(['Ready', 'False', 'InstallFailed', 60]))]],
  ['manifests on their way', [kustomization(conditions(['Ready', 'False', 'Progressing', 1_200]))]],
  ['what failed once in between', [kustomization(conditions(['Ready', 'False', 'ArtifactFailed', 20])), tried(20, 1)]],
  [
    'what is well again after many warnings',
    [kustomization(conditions(['Ready', 'True', 'ReconciliationSucceeded', 20])), tried(900, 12)],
  ],
  ['an application that is well', [application(synced)]],
  [
    'an application that is warned of something',
    [application({ ...synced, conditions: [...said('OrphanedResourceWarning'), ...said('SharedResourceWarning')] })],
  ],
  ['an application on its way', [application({ sync: { status: 'OutOfSync' }, health: { status: 'Progressing' } })]],
  ['an application that is suspended', [application({ sync: { status: 'Synced' }, health: { status: 'Suspended' } })]],
  [
    'an application that nobody has synced yet',
    [application({ sync: { status: 'OutOfSync' }, health: { status: 'Missing' } })],
  ],
  [
    'a sync that failed before the state was put right otherwise',
    [application({ ...synced, ...failedSync(9_000, 'Error') })],
  ],
  [
    'an application that is degraded for a moment',
    [application({ sync: { status: 'Synced' }, health: { status: 'Degraded', lastTransitionTime: ago(30) } })],
  ],
  [
    'a release that fails for a moment, and had warned until an hour ago',
    [
      release(conditions(['Ready', 'False', 'ArtifactFailed', 5]), { uid: 'web' }),
      event({ kind: 'HelmRelease', name: 'web', uid: 'web' }, 'ArtifactFailed', 'why', 3_600, {
        count: 9,
        firstTimestamp: ago(9_000),
      }),
    ],
  ],
])('%s is quiet', (_, objects) => {
  expect(seen(objects)).toEqual([])
})

test('who waits for one that is ill is not told beside it, however long the chain, and a circle ends', () => {
  const chain = [broken, waitsFor('infra'), waitsFor('apps', 'shop')]
  expect(seen(chain).map(({ resource }) => resource.name)).toEqual(['infra'])
  const circle = [waitsFor('b', 'a'), waitsFor('a', 'b')]
  expect(seen(circle).map(({ resource }) => resource.name)).toEqual(['a', 'b'])
  // Each waits for all others: a walk that does not know where it was takes longer than anybody waits.
  const names = [...'abcdefghijkl']
  const knot = names.map((own) =>
    kustomization(
      {
        spec: { dependsOn: names.filter((name) => name !== own).map((name) => ({ name })) },
        ...conditions(['Ready', 'False', 'DependencyNotReady', 1_200, 'others are not ready']),
      },
      own,
    ),
  )
  expect(seen(knot)).toHaveLength(names.length)
})

describe('health, for tables and tools', () => {
  const around = {
    now,
    get: () => ({ is: 'unknown', why: '' }) as const,
    list: () => ({ is: 'unknown', why: '' }) as const,
  }
  test.each<[string, KubeObject, string]>([
    ['well', application(synced), 'Healthy'],
    ['on its way', application({ health: { status: 'Progressing' } }), 'Progressing'],
    ['not put there yet', application({ health: { status: 'Missing' } }), 'Unknown'],
    ['degraded', application({ health: { status: 'Degraded' } }), 'Failing'],
    ['being upgraded', release(conditions(['Ready', 'Unknown', 'Progressing', 20])), 'Progressing'],
  ])('%s', (_, object, state) => {
    expect(healthOf(object, around).state).toBe(state)
  })
})
