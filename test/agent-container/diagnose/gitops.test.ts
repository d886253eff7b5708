import { expect, test } from 'vitest'
import { onScenario } from './on-scenario.ts'
import { ago, crd, event, healthy, node, thing } from './world.ts'

const failed = (type: string, reason: string, message: string) => [
  { type, status: 'False', reason, message, lastTransitionTime: ago(30) },
]

test.each([
  [
    'HelmRelease',
    crd('helm.toolkit.fluxcd.io', 'v2', 'HelmRelease', 'helmreleases'),
    thing('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', {
      spec: { chart: { spec: { chart: 'web' } } },
      status: {
        conditions: failed('Ready', 'UpgradeFailed', 'Helm upgrade failed: field spec.clusterIP is immutable'),
      },
    }),
    /immutable/,
  ],
  [
    'Kustomization',
    crd('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'),
    thing('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'web', {
      spec: { path: './web' },
      status: { conditions: failed('Ready', 'BuildFailed', 'kustomize build failed: no such file web/patch.yaml') },
    }),
    /no such file/,
  ],
  [
    'Application',
    crd('argoproj.io', 'v1alpha1', 'Application', 'applications'),
    thing('argoproj.io/v1alpha1', 'Application', 'web', {
      spec: { project: 'default' },
      status: {
        sync: { status: 'Unknown' },
        health: { status: 'Healthy' },
        conditions: [{ type: 'ComparisonError', message: 'chart not found: web-1.2.0', lastTransitionTime: ago(30) }],
      },
    }),
    /chart not found/,
  ],
])(
  '%s: one that fails is heard by itself while the pods are well, and is what is named',
  async (kind, crds, object, said) => {
    const { result, incident } = await onScenario({ objects: [node('n1'), crds, ...healthy('web'), object] })
    expect(incident).toMatchObject({ faultType: 'ResourceFailing', owner: { kind, name: 'web' } })
    expect(result.verdict?.headline).toMatch(said)
    expect(result.verdict?.rootCauses).toMatchObject([{ kind, name: 'web' }])
  },
)

test('what waits for another that fails is not named itself, and is likely at most where that could not be read', async () => {
  const message = "health check failed after 5m0s: timeout waiting for: [HelmRelease/shop/web status: 'InProgress']"
  const waits = (...more: readonly object[]) =>
    onScenario({
      objects: [
        node('n1'),
        crd('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'),
        thing('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'all', {
          spec: { path: './all' },
          status: { conditions: failed('Ready', 'HealthCheckFailed', message) },
        }),
        event('Kustomization', 'all', 'HealthCheckFailed', message),
        ...more,
      ],
      trigger: { kind: 'Kustomization', namespace: 'shop', name: 'all' },
    })
  const alone = await waits()
  expect(alone.result.verdict?.outcome).toBe('likely')
  const both = await waits(
    crd('helm.toolkit.fluxcd.io', 'v2', 'HelmRelease', 'helmreleases'),
    thing('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', {
      spec: {},
      status: { conditions: failed('Ready', 'UpgradeFailed', 'Helm upgrade failed: another operation is in progress') },
    }),
  )
  expect(both.result.verdict?.rootCauses).toMatchObject([{ kind: 'HelmRelease', name: 'web' }])
})
