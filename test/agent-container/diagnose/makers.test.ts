import { describe, expect, test } from 'vitest'
import { writes } from '../../../agent-container/diagnose/snapshot/makers.ts'
import type { MemoryClusterOptions } from '../../simulator/memory-cluster.ts'
import { onScenario } from './on-scenario.ts'
import { snapshotOf } from './snapshot-of.ts'
import { ago, crd, event, node, podName, thing, waiting, workload } from './world.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const conditions = (type: string, status: string, reason: string, message: string) => ({
  status: { conditions: [{ type, status, reason, message, lastTransitionTime: ago(30) }] },
})
/** Pods of web wait for Secret db. */
const waitsForSecret = [
  node('n1'),
  ...workload('web', waiting('CreateContainerConfigError', 'secret "db" not found'), {
    container: { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
  }),
  event('Pod', podName('web'), 'Failed', 'Error: secret "db" not found'),
]
const asked = async (objects: readonly object[], more: Partial<MemoryClusterOptions> = {}) => {
  const { result } = await onScenario({ objects: [...waitsForSecret, ...objects], trigger: web, ...more })
  return result.verdict
}

test('a Secret that nobody writes is what is missing, and certain', async () => {
  const verdict = await asked([])
  expect(verdict?.outcome).toBe('cause')
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'Secret', name: 'db' }])
})

describe('who should write the Secret is named in its place', () => {
  test.each([
    [
      'an ExternalSecret that fails',
      crd('external-secrets.io', 'v1', 'ExternalSecret'),
      thing('external-secrets.io/v1', 'ExternalSecret', 'web', {
        spec: { target: { name: 'db' } },
        ...conditions('Ready', 'False', 'SecretSyncedError', 'could not get secret data from provider'),
      }),
    ],
    [
      'a SealedSecret that cannot be opened',
      crd('bitnami.com', 'v1alpha1', 'SealedSecret'),
      thing('bitnami.com/v1alpha1', 'SealedSecret', 'db', {
        ...conditions('Synced', 'False', '', 'no key could decrypt secret (password)'),
      }),
    ],
    [
      'a Certificate that is not issued',
      crd('cert-manager.io', 'v1', 'Certificate'),
      thing('cert-manager.io/v1', 'Certificate', 'web-tls', {
        spec: { secretName: 'db' },
        ...conditions('Ready', 'False', 'Failed', 'The certificate request has failed: rate limited'),
      }),
    ],
    [
      'a secret of a vault whose condition has a name of its own',
      crd('secrets.hashicorp.com', 'v1beta1', 'VaultStaticSecret'),
      thing('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'web-db', {
        spec: { path: 'web', destination: { name: 'db', create: true } },
        ...conditions('SecretSynced', 'False', 'VaultClientError', 'permission denied'),
      }),
    ],
  ])('%s', async (_, definition, producer) => {
    const verdict = await asked([definition, producer])
    expect(verdict?.rootCauses).toMatchObject([{ kind: producer.kind, name: producer.metadata.name }])
  })

  test.each([
    ['says nothing', {}],
    ['says that it is well', conditions('Ready', 'True', 'SecretSynced', 'secret synced')],
  ])('and is likely, no more, where it %s', async (_, status) => {
    const producer = thing('external-secrets.io/v1', 'ExternalSecret', 'web', {
      spec: { target: { name: 'db' } },
      ...status,
    })
    const verdict = await asked([crd('external-secrets.io', 'v1', 'ExternalSecret'), producer])
    expect(verdict?.outcome).toBe('likely')
    expect(verdict?.rootCauses).toMatchObject([{ kind: 'ExternalSecret', name: 'web' }])
  })

  test('where whoever writes Secrets may not be read, nothing is certain', async () => {
    const verdict = await asked([crd('external-secrets.io', 'v1', 'ExternalSecret')], {
      access: [{ verb: 'list', resource: 'externalsecrets' }],
    })
    expect(verdict?.outcome).toBe('likely')
  })
})

describe('a ConfigMap that an operator should make', () => {
  const message = 'failed to patch Service web-db: spec.clusterIP: field is immutable'
  const above = {
    ownerReferences: [{ apiVersion: 'apps.acme.io/v1', kind: 'Shop', name: 'main', uid: 'u', controller: true }],
  }
  const [deployed, ...below] = workload('web', waiting('ContainerCreating'), {
    spec: { volumes: [{ name: 'c', configMap: { name: 'web-plugins' } }] },
  }) as readonly { readonly metadata: object }[]
  const waits = (shop: Readonly<Record<string, unknown>>) =>
    onScenario({
      objects: [
        node('n1'),
        crd('apps.acme.io', 'v1', 'Shop'),
        thing('apps.acme.io/v1', 'Shop', 'main', shop),
        { ...deployed, metadata: { ...deployed?.metadata, ...above } },
        ...below,
        event(
          'Pod',
          podName('web'),
          'FailedMount',
          'MountVolume.SetUp failed for volume "c" : configmap "web-plugins" not found',
        ),
      ],
      trigger: web,
    })

  test('is laid to what the operator says it stopped at', async () => {
    const { result } = await waits({ spec: {}, ...conditions('Deployed', 'False', 'DeployFailed', message) })
    expect(result.verdict?.outcome).toBe('likely')
    expect(result.verdict?.rootCauses).toMatchObject([{ kind: 'Shop', name: 'main' }])
    expect(result.verdict?.headline).toContain('immutable')
  })
  test('is missing, likely, where the operator says nothing', async () => {
    const { result } = await waits({ spec: {} })
    expect(result.verdict?.outcome).toBe('likely')
  })
  test('is missing for certain where it is well, or names it as what people write', async () => {
    const well = await waits({ spec: {}, ...conditions('Deployed', 'True', 'Done', 'all is there') })
    expect(well.result.verdict?.outcome).toBe('cause')
    const named = await waits({
      spec: { plugins: 'web-plugins' },
      ...conditions('Deployed', 'False', 'DeployFailed', message),
    })
    expect(named.result.verdict?.rootCauses).toMatchObject([{ kind: 'ConfigMap', name: 'web-plugins' }])
  })
})

test('what an object refers to it reads, and does not write', () => {
  const db = { kind: 'Secret', namespace: 'shop', name: 'db' }
  const of = (kind: string, spec: object, name = 'x') => {
    const [seen] = snapshotOf({ objects: [thing('acme.io/v1', kind, name, { spec })] }).objects
    return seen !== undefined && writes(seen, db)
  }
  expect(of('AcmeSecret', { secretObjects: [{ secretName: 'db' }] })).toBe(true)
  expect(of('AcmeSecret', { output: { secret: { name: 'db' } } })).toBe(true)
  expect(of('AcmeSecret', {}, 'db')).toBe(true)
  expect(of('AcmeSecret', { target: { name: 'other' } }, 'db')).toBe(false)
  expect(of('AcmeSecret', { authRef: { name: 'db' } })).toBe(false)
  expect(of('Database', { secretName: 'db' })).toBe(false)
})

test('who reads a Secret is no writer of it, and a name within a template is not the one that is written', () => {
  const seenAs = (kind: string, spec: object) => {
    const { objects } = snapshotOf({ objects: [thing('external-secrets.io/v1', kind, 'db', { spec })] })
    return writes(objects.find((one) => one.kind === kind)!, { kind: 'Secret', namespace: 'shop', name: 'db' })
  }
  expect(seenAs('PushSecret', {})).toBe(false)
  expect(seenAs('SecretStore', {})).toBe(false)
  expect(seenAs('ExternalSecret', {})).toBe(true)
  const templated = {
    target: { template: { templateFrom: [{ configMap: { name: 'tpl' } }], metadata: { name: 'x' } } },
  }
  expect(seenAs('ExternalSecret', templated)).toBe(true)
})
