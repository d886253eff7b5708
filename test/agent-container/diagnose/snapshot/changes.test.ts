import { expect, test } from 'vitest'
import { onScenario } from '../on-scenario.ts'
import { crashing, node, pod, thing } from '../world.ts'

const container = (memory: string) => ({
  name: 'main',
  image: 'registry.example/store:1.0.0',
  resources: { limits: { memory } },
})
const template = (memory: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [container(memory)] },
})
const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 's', controller: true }
const kept = (revision: number, memory: string) =>
  thing(
    'apps/v1',
    'ControllerRevision',
    `web-${revision}`,
    { revision, data: { spec: { template: { $patch: 'replace', ...template(memory) } } } },
    { ownerReferences: [owner] },
  )

test('what a StatefulSet was before its last rollout is read from its ControllerRevisions, and the way back is told', async () => {
  const ill = pod('web', crashing(137, {}, { reason: 'OOMKilled' }), { container: container('64Mi') })
  const { result } = await onScenario({
    objects: [
      node('n1'),
      thing('apps/v1', 'StatefulSet', 'web', {
        spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template('64Mi') },
        status: { replicas: 1, readyReplicas: 0 },
      }),
      kept(1, '1Gi'),
      kept(2, '64Mi'),
      { ...ill, metadata: { ...ill.metadata, name: 'web-0', ownerReferences: [owner] } },
    ],
  })
  const { verdict } = result
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'StatefulSet', name: 'web', class: 'MemoryLimitTooLow' }])
  expect(verdict?.facts.map(({ text }) => text).join('\n')).toContain(
    'The last rollout changed the limits.memory in resources of container main from 1Gi to 64Mi.',
  )
  expect(verdict?.remedies.map(({ command }) => command)).toContain('kubectl -n shop rollout undo statefulset/web')
})
