import { expect, test } from 'vitest'
import { type InvestigateDeps, investigate } from '../../../agent-container/diagnose/investigate.ts'
import { analyzers } from '../../../agent-container/diagnose/rules/all.ts'
import type { Analyzer } from '../../../agent-container/diagnose/rules/hypothesis.ts'
import { EvidenceEntry } from '../../../shared/artifacts/evidence.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { type MemoryClusterOptions, memoryCluster } from '../../simulator/memory-cluster.ts'
import { incidentOf } from '../../simulator/memory-run.ts'
import { onScenario } from './on-scenario.ts'
import {
  crashing,
  deployment,
  event,
  hash,
  healthy,
  logs,
  node,
  pod,
  podName,
  replicaSet,
  waiting,
  workload,
} from './world.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const crash = {
  objects: [node('n1'), ...workload('web', crashing(1))],
  logs: logs('web', 'FATAL: required environment variable DEPLOY_ENV is not set'),
}

async function look(options: MemoryClusterOptions, change: Partial<InvestigateDeps>) {
  const { api } = memoryCluster(options)
  const resource = { apiVersion: 'apps/v1', ...web }
  const incident = incidentOf({
    faultId: 'f',
    faultType: 'CrashLoop',
    severity: 'critical',
    resource,
    context: '',
    timestamp: new Date().toISOString(),
  })
  const redactor = createRedactor({ key: 'a key for tests, long enough' })
  return await investigate({
    api,
    redactor,
    clock: systemClock,
    incident,
    limits: { apiCalls: 60 },
    signal: AbortSignal.timeout(20_000),
    ...change,
  })
}
const entriesOf = (files: Readonly<Record<string, string>>) =>
  files['evidence.jsonl']!.split('\n').map((line) => EvidenceEntry.parse(JSON.parse(line)))

test('a rule that breaks is told, and the others still speak', async () => {
  const broken: Analyzer = () => {
    throw new TypeError('x is undefined')
  }
  const result = await look(crash, { rules: [broken, ...analyzers] })
  expect(result.ended).toBe('completed')
  expect(result.notes.join(' ')).toContain('A rule broke over Deployment shop/web: x is undefined')
  expect(result.verdict?.rootCauses[0]?.class).toBe('MissingEnvironmentVariable')
})

test('a spent budget is a gap, and nothing is certain any more', async () => {
  const result = await look(crash, { limits: { apiCalls: 22 } })
  expect(result.usage.apiCalls).toBe(22)
  expect(result.verdict?.gaps.map(({ why }) => why).join(' ')).toContain('the budget of 22 calls was spent')
  expect(result.verdict?.outcome).not.toBe('cause')
})

test('what may not be read is a gap with its remedy, never a guess', async () => {
  const result = await look({ ...crash, access: [{ verb: '*', resource: '*', namespace: 'shop' }] }, {})
  expect(result.verdict?.outcome).toBe('inconclusive')
  expect(result.verdict?.rootCauses).toEqual([])
  const gaps = result.verdict?.gaps ?? []
  expect(gaps.length).toBeGreaterThan(5)
  expect(gaps.some(({ wouldSettle }) => wouldSettle.includes('The right to read it'))).toBe(true)
})

test('every call is in the journal, numbered in its order, with a hash and a status', async () => {
  const result = await look(crash, {})
  const entries = entriesOf(result.files)
  expect(entries.map(({ id }) => id)).toEqual(entries.map((_, index) => `e${index + 1}`))
  expect(entries).toHaveLength(result.usage.apiCalls)
  expect(entries.every(({ sha256, status }) => sha256.length === 64 && status === 200)).toBe(true)
})

test('five hundred pods of one workload stay one cause, within the calls and the size', async () => {
  const many = Array.from({ length: 498 }, (_, index) =>
    pod(
      'web',
      waiting(
        'ImagePullBackOff',
        'Back-off pulling image "registry.example/web:1.0.0": ErrImagePull: registry.example/web:1.0.0: not found',
      ),
      { suffix: `p${String(index).padStart(4, '0')}` },
    ),
  )
  const events = many
    .slice(0, 400)
    .map(({ metadata }) =>
      event('Pod', metadata.name, 'BackOff', 'Back-off pulling image "registry.example/web:1.0.0"'),
    )
  const { result, calls, milliseconds } = await onScenario({
    objects: [
      node('n1'),
      deployment('web', { replicas: 498 }),
      replicaSet('web', hash, { replicas: 498 }),
      ...many,
      ...events,
    ],
    trigger: web,
  })
  expect(result.verdict?.rootCauses.map((one) => one.class)).toEqual(['ImageNotFound'])
  expect(calls).toBeLessThanOrEqual(60)
  expect(milliseconds).toBeLessThan(5_000)
  expect(Math.max(...entriesOf(result.files).map(({ output }) => output.length))).toBeLessThanOrEqual(64 * 1024)
})

test('a needle at the end of eleven megabytes of log is found', async () => {
  const noise = Array.from(
    { length: 120_000 },
    (_, index) => `level=info msg="request served" id=${index} path=/api/v1/things/${index} status=200 duration=12ms`,
  )
  const { result } = await onScenario({
    objects: crash.objects,
    logs: logs('web', ...noise, 'FATAL: required environment variable DEPLOY_ENV is not set'),
    trigger: web,
  })
  expect(result.verdict?.rootCauses[0]?.class).toBe('MissingEnvironmentVariable')
})

test('what Argo CD applies is changed in its source, not with kubectl', async () => {
  const managed = workload('web', crashing(1), {
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' },
  })
  const { result } = await onScenario({ objects: [node('n1'), ...managed], logs: crash.logs, trigger: web })
  const remedy = result.verdict?.remedies[0]
  expect(remedy?.title).toContain('Argo CD')
  expect(remedy?.command).toBeUndefined()
  expect(remedy?.changesState).toBe(true)
})

test('the investigation is readable and holds nothing of the cluster as markup', async () => {
  const objects = [
    node('n1'),
    ...workload('web', crashing(1)),
    event('Pod', podName('web'), 'BackOff', '<img src=x onerror=alert(1)> [click](http://evil.example)'),
  ]
  const { result } = await onScenario({
    objects,
    logs: logs('web', 'FATAL: required environment variable DEPLOY_ENV is not set'),
    trigger: web,
  })
  const text = result.files['investigation.md']!
  const sections = [
    '0. Executive Triage Card',
    '1. Problem Statement',
    '2. Assessment & Findings',
    '3. Root Cause Analysis',
    '4. Remediation Plan',
    '5. Proof of Work',
    '6. Supporting Evidence',
  ]
  expect([...text.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual(sections)
  expect(text).not.toContain('<img')
  expect(text).not.toMatch(/[^\\]\[click\]/)
  expect(text).toContain('**FACT-1**')
  expect(text).toContain('**INF-1**')
})

test('a neighbour that is broken by itself is not mixed in', async () => {
  const { result } = await onScenario({
    objects: [
      ...crash.objects,
      ...workload('other', crashing(137, {}, { reason: 'OOMKilled' }), {
        container: { resources: { limits: { memory: '8Mi' } } },
      }),
      ...healthy('cart'),
    ],
    logs: crash.logs,
    trigger: web,
  })
  expect(result.verdict?.rootCauses.map(({ name }) => name)).toEqual(['web'])
})

test.each([
  ['payments', 'payments'],
  ['team payments; <!channel>', undefined],
])('the owner that an annotation names (%s) is told when it is a name', async (named, told) => {
  const web = deployment('web', { annotations: { 'nightcrier.dev/owner': named } })
  const objects = crash.objects.map((one) => (one.kind === 'Deployment' ? web : one))
  const { verdict } = await look({ ...crash, objects }, {})
  expect(verdict?.impact.owner).toBe(told)
})

test('who asks about a name that is not there is told so, and what there is', async () => {
  const incident = incidentOf({
    ...{ faultId: 'f', faultType: 'Asked', severity: 'warning', context: '' },
    resource: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'wbe' },
    timestamp: new Date().toISOString(),
  })
  const { verdict } = await look({ objects: [node('n1'), deployment('web')] }, { incident })
  expect(verdict).toMatchObject({ outcome: 'none', rootCauses: [], impact: { gone: true } })
  expect(verdict?.headline).toMatch(/^There is no Deployment shop\/wbe in cluster \S+; of that kind there are web\.$/)
})
