import { expect, test } from 'vitest'
import { onScenario } from './on-scenario.ts'
import { ago, event, hash, node, pod, replicaSet, thing, unscheduled, waiting, workload } from './world.ts'

const image = 'registry.example/web:1.0.0'
const pulling = () => waiting('ImagePullBackOff', `Back-off pulling image "${image}"`)
const podOf = (name: string) => `${name}-${hash}-chf5m`
const failed = (text: string) =>
  event('Pod', podOf('web'), 'Failed', `Failed to pull image "${image}": failed to do request: ${text}`)
const pulled = (of: string, minutes: number) =>
  event('Pod', podOf('api'), 'Pulled', `Successfully pulled image "${of}" in 2.1s`, {
    type: 'Normal',
    lastTimestamp: ago(minutes),
  })
const refusing = (text: string) => [node('n1'), ...workload('web', pulling()), failed(text)]

test('what would open the incident again is never called over', async () => {
  const objects = [
    thing(
      'batch/v1',
      'CronJob',
      'billing',
      { spec: { schedule: '*/5 * * * *', jobTemplate: {} }, status: { lastScheduleTime: ago(1_200) } },
      { creationTimestamp: ago(9_000) },
    ),
    event('CronJob', 'billing', 'TooManyMissedTimes', 'too many missed start times: 231'),
  ]
  const { result, incident } = await onScenario({
    objects,
    trigger: { kind: 'CronJob', namespace: 'shop', name: 'billing' },
  })
  expect(incident.faultType).toBe('CronJobMissed')
  expect(result.verdict?.outcome).not.toBe('none')
})

test('a pull of the same registry that worked speaks against a registry that does not answer', async () => {
  const alone = await onScenario({ objects: refusing('dial tcp 203.0.113.7:443: i/o timeout') })
  expect(alone.result.verdict?.rootCauses).toMatchObject([{ class: 'RegistryUnreachable', confidence: 'medium' }])
  const beside = await onScenario({
    objects: [...refusing('dial tcp 203.0.113.7:443: i/o timeout'), pulled('registry.example/api:2', 1)],
  })
  expect(beside.result.verdict?.rootCauses).toEqual([])
  const kept = beside.result.verdict?.hypotheses.find(({ text }) => text.startsWith('RegistryUnreachable'))
  expect(kept).toMatchObject({ state: 'rejected', falsification: expect.stringContaining('Refuted: Another image') })
  expect(kept?.against[0]?.quote).toContain('registry.example/api:2')
  const elsewhere = await onScenario({
    objects: [...refusing('dial tcp 203.0.113.7:443: i/o timeout'), pulled('other.example/api:2', 1)],
  })
  expect(elsewhere.result.verdict?.rootCauses).toMatchObject([{ class: 'RegistryUnreachable' }])
})

test('nothing is said to be checked that nobody checked', async () => {
  const { result } = await onScenario({ objects: refusing('dial tcp 203.0.113.7:443: i/o timeout') })
  expect(result.verdict?.inferences.filter(({ text }) => text.startsWith('Checked'))).toEqual([])
  expect(result.verdict?.hypotheses[0]?.falsification).toMatch(/^Not tested\. /)
})

test('a ServiceAccount that may not be read proves no missing credential', async () => {
  const objects = refusing('unexpected status from GET request to https://registry.example/token: 401 Unauthorized')
  const seen = await onScenario({ objects })
  expect(seen.result.verdict).toMatchObject({ outcome: 'cause', rootCauses: [{ class: 'ImagePullUnauthorized' }] })
  const hidden = await onScenario({
    objects,
    access: [
      { verb: 'list', resource: 'serviceaccounts' },
      { verb: 'get', resource: 'serviceaccounts' },
    ],
  })
  expect(hidden.result.verdict).toMatchObject({ outcome: 'likely', rootCauses: [{ class: 'ImagePullUnauthorized' }] })
  expect(hidden.result.verdict?.headline).toContain('could not be seen')
})

test('pods that may not be listed are not said to be none', async () => {
  const [deployment] = workload('web', pulling())
  const set = replicaSet('web', hash)
  const { result } = await onScenario({
    objects: [node('n1'), deployment, set],
    access: [{ verb: 'list', resource: 'pods' }],
    trigger: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  })
  expect(JSON.stringify(result.verdict?.facts)).not.toContain('has none')
  expect(result.verdict?.outcome).not.toBe('none')
})

test('a pod of the same revision that is well puts a cause of the template in doubt', async () => {
  const parts = { container: { command: ['/srv/web'] }, replicas: 2, ready: 1 }
  const broken = {
    ...waiting('RunContainerError', 'exec: "/srv/web": stat /srv/web: no such file or directory'),
    phase: 'Running',
  }
  const one = workload('web', broken, parts)
  const alone = await onScenario({ objects: [node('n1'), ...one] })
  expect(alone.result.verdict).toMatchObject({ outcome: 'cause', rootCauses: [{ class: 'BadCommand' }] })
  const well = pod(
    'web',
    {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: ago(9) } } }],
    },
    { ...parts, suffix: 'zzz2w' },
  )
  const beside = await onScenario({ objects: [node('n1'), ...one, well] })
  expect(beside.result.verdict?.outcome).toBe('likely')
})

test('pods that a webhook has changed blame the webhook, not the template', async () => {
  const hook = thing('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 'placer', {
    webhooks: [{ name: 'place.example', rules: [{ operations: ['CREATE'], resources: ['pods'] }] }],
  })
  const { namespace: _, ...clusterWide } = hook.metadata
  const text = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
  const objects = [
    node('n1'),
    ...workload('web', unscheduled(text), { node: null }).map((one) =>
      one.kind === 'Pod' ? { ...one, spec: { ...one.spec, nodeSelector: { pool: 'gone' } } } : one,
    ),
    { ...hook, metadata: clusterWide },
  ]
  const { result } = await onScenario({ objects })
  expect(result.verdict?.rootCauses).toMatchObject([
    { kind: 'MutatingWebhookConfiguration', name: 'placer', class: 'MutatedByWebhook' },
  ])
})

test('where nothing is certain, suspects stand in a row with what speaks for and against them', async () => {
  const { result } = await onScenario({
    objects: [...refusing('dial tcp 203.0.113.7:443: i/o timeout'), pulled('registry.example/api:2', 1)],
  })
  expect(result.verdict?.suspects?.[0]).toMatchObject({
    kind: 'Deployment',
    name: 'web',
    class: 'RegistryUnreachable',
    against: [{ text: expect.stringContaining('the registry answers') }],
    wouldTell: expect.stringContaining('kubectl -n shop'),
  })
  expect(result.files['investigation.md']).toContain('### Suspect 1')
})
