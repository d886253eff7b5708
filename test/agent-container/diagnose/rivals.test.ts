import { expect, test } from 'vitest'
import { onScenario } from './on-scenario.ts'
import { ago, event, logs, node, notReady, podName, running, thing, waiting, workload } from './world.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const pull = (answer: string) =>
  `Failed to pull image "registry.example/web:1.0.0": failed to resolve reference: ${answer}`
const refused = async (answer: string, imagePullSecrets: readonly { readonly name: string }[]) => {
  const { result } = await onScenario({
    objects: [
      node('n1'),
      ...workload('web', waiting('ImagePullBackOff', 'Back-off pulling image'), { spec: { imagePullSecrets } }),
      event('Pod', podName('web'), 'Failed', pull(answer)),
    ],
    trigger: web,
  })
  return result.verdict
}

test('a pull credential that has expired is what is to be renewed, not the template that names it', async () => {
  const verdict = await refused('403 Forbidden: your authorization token has expired', [{ name: 'registry' }])
  expect(verdict?.outcome).toBe('likely')
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'Secret', name: 'registry', class: 'ImagePullUnauthorized' }])
  expect(verdict?.headline).toMatch(/has expired/)
})

test('a credential that is named and refused may be wrong or meant for another image: nothing is certain', async () => {
  const verdict = await refused('401 Unauthorized', [{ name: 'registry' }])
  expect(verdict?.outcome).toBe('likely')
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'Deployment', name: 'web' }])
})

/** Web calls a port that the Service does not have. */
const calling = async (readyMinutes: number) => {
  const env = [{ name: 'API', value: 'http://api.shop.svc:5672' }]
  const created = 600
  const state = notReady()
  const conditions = state.conditions.map((one) => ({ ...one, lastTransitionTime: ago(created - readyMinutes) }))
  const { result } = await onScenario({
    objects: [
      node('n1'),
      ...workload('web', { ...state, conditions }, { container: { env }, created }),
      ...workload('api', running()),
      thing('v1', 'Service', 'api', { spec: { selector: { app: 'api' }, ports: [{ port: 80 }] } }),
      event('Pod', podName('web'), 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
    ],
    logs: logs('web', 'ERROR dial tcp api.shop.svc:5672: i/o timeout'),
    trigger: web,
  })
  return result.verdict
}

test('an address that was called for hours while the pod was ready is not certainly what is wrong', async () => {
  expect((await calling(580))?.outcome).not.toBe('cause')
})

test('and is certain where the pod never was ready', async () => {
  const verdict = await calling(0)
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'Deployment', name: 'web', class: 'WrongServiceAddress' }])
  expect(verdict?.rootCauses[0]?.confidence).toBe('high')
})
