import { expect, test } from 'vitest'
import { look, shown, submission } from '../fakes/scripted-models.ts'
import { type Consultation, consulted } from './consulted.ts'
import { crashOfWeb, fatal, web } from './crashing-web.ts'
import { ago, crashing, healthy, logs, node, podName, replicaSet, workload } from './diagnose/world.ts'

const metrics = (name: string, memory: string) => ({
  apiVersion: 'metrics.k8s.io/v1beta1',
  kind: 'PodMetrics',
  metadata: { name, namespace: 'shop', creationTimestamp: ago(0) },
  timestamp: ago(0),
  window: '15s',
  containers: [{ name: 'main', usage: { cpu: '12m', memory } }],
})
const configMap = (name: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', creationTimestamp: ago(600) },
  data,
})
const before = { container: { env: [{ name: 'DEPLOY_ENV', value: 'production' }] }, revision: 1, created: 600 }
const simulator = {
  objects: [
    node('n1'),
    ...workload('web', crashing(1), { container: { envFrom: [{ configMapRef: { name: 'web-settings' } }] } }),
    replicaSet('web', '5d4c8f7b9c', { ...before, replicas: 0 }),
    ...healthy('cart'),
    configMap('web-settings', { LOG_LEVEL: 'info' }),
    metrics(podName('web'), '483Mi'),
  ],
  logs: logs('web', fatal),
}
const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'web-settings' }
const others = [
  {
    incidentId: 'sim-cart-1',
    about: 'CrashLoop of Deployment shop/cart',
    firstSeen: new Date().toISOString(),
  },
  {
    incidentId: 'sim-mail-1',
    about: 'CrashLoop of Deployment shop/mail',
    firstSeen: new Date().toISOString(),
    cause: { ...settings, class: 'MissingKey' },
  },
]
const ask = (given: Pick<Consultation, 'script'> & Partial<Consultation>) =>
  consulted({ simulator, incident: crashOfWeb, ...given })

test('what a rollout changed and what is used now are one look each, and can be quoted', async () => {
  const answers: string[] = []
  const { report, bundle } = await ask({
    script: (heard) => {
      answers.push(...heard.answers)
      if (heard.turn === 1)
        return {
          calls: [
            { name: 'revisions_diff', input: web },
            { name: 'pods_top', input: { namespace: 'shop' } },
          ],
        }
      const { id } = shown({ ...heard, answers: [answers[0] ?? ''] })
      const quote = /^ *spec\.containers\[main\]\.env\[DEPLOY_ENV\].*$/m.exec(answers[0] ?? '')?.[0].trim() ?? 'nothing'
      return submission({ ...web, class: 'MissingEnvironmentVariable' }, [{ id, quote }])
    },
  })
  expect(answers[0]).toMatch(/revision 2, made .*, against revision 1:/)
  expect(answers[0]).toMatch(/env\[DEPLOY_ENV\]: .*production.* → \(not set\)/)
  expect(answers[1]).toContain(`shop/${podName('web')}  12m  483Mi`)
  expect(report.evidence.map(({ tool }) => tool)).toEqual(expect.arrayContaining(['revisions_diff', 'pods_top']))
  expect(bundle.notes.join('\n')).toContain('names the same cause.')
  expect(JSON.parse(bundle.files['model-verdict.json'] ?? '{}').rootCauses[0].evidence).toHaveLength(1)
})

test('the cause of another incident is taken by its short name, with a quote from here', async () => {
  const said: string[] = []
  let first = ''
  const { report, bundle } = await ask({
    others,
    script: (heard) => {
      if (heard.turn === 1) first = heard.text
      said.push(...heard.answers)
      const quote = [{ id: 'e1', quote: fatal }]
      if (heard.turn === 1) return look('same_as', { incident: 'i9', evidence: [] })
      if (heard.turn === 2) return look('same_as', { incident: 'i1', evidence: [] })
      if (heard.turn === 3) return look('resources_get', { apiVersion: 'v1', ...settings })
      const { id, text } = shown(heard)
      const line = text.split('\n').find((one) => one.includes('LOG_LEVEL')) ?? quote[0]?.quote ?? ''
      return look('same_as', {
        incident: 'i2',
        evidence: [{ id, quote: line.trim() }],
        mechanism: 'The key that both read is gone from it.',
      })
    },
  })
  expect(first).toContain('i1: CrashLoop of Deployment shop/cart')
  expect(first).toMatch(/i2: .*caused by MissingKey of ConfigMap shop\/web-settings/)
  expect(said.join('\n')).toMatch(/there is no other incident i9; they are called i1, i2/)
  expect(said.join('\n')).toMatch(/i1 has no verdict so far/)
  expect(JSON.parse(bundle.files['model-verdict.json'] ?? '{}').rootCauses).toEqual([
    expect.objectContaining({ ...settings, class: 'MissingKey', summary: 'The same cause as in incident sim-mail-1.' }),
  ])
  expect(report.verdict?.rootCauses).toContainEqual(expect.objectContaining({ ...settings, class: 'MissingKey' }))
})

test('without another incident that has a verdict nobody is offered to name one', async () => {
  const tools: string[] = []
  await ask({
    others: others.slice(0, 1),
    script: (heard) => {
      tools.push(...heard.tools)
      return submission(web, [{ id: 'e3', quote: 'exitCode: 1' }])
    },
  })
  expect(tools).toContain('submit_verdict')
  expect(tools).not.toContain('same_as')
})
