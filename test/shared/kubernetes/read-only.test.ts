import { Agent, type Dispatcher } from 'undici'
import { expect, test } from 'vitest'
import { ClusterApiError } from '../../../shared/kubernetes/cluster-api.ts'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { readOnly } from '../../../shared/kubernetes/read-only.ts'
import { json, kubeconfigFor, loopbackApi } from './loopback-api.ts'

const ns = '/api/v1/namespaces/shop'
const get = (path: string): [Dispatcher.HttpMethod, string] => ['GET', path]
const hostile: readonly (readonly [Dispatcher.HttpMethod, string])[] = [
  ...(['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'] as const).map(
    (method) => [method, `${ns}/pods/web`] as const,
  ),
  ['POST', `${ns}/pods`],
  ['POST', `${ns}/serviceaccounts/default/token`],
  ['POST', `${ns}/pods/web/eviction`],
  ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews?dryRun=All'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/../tokenreviews'],
  ['POST', '//apis/authorization.k8s.io/v1/selfsubjectrulesreviews'],
  get(`${ns}/secrets`),
  get(`${ns}/secrets/db`),
  get('/api/v1/secrets?watch=true'),
  get('/api/v1/secrets?limit=1&fieldSelector=metadata.name%3Ddb'),
  get('/api/v1/Secrets'),
  get('/api/v1/watch/secrets'),
  get('/api/v1/watch/namespaces/shop/secrets/db'),
  get(`${ns}/secret%73`),
  get(`${ns}/%73ecrets`),
  get(`${ns}%2Fsecrets`),
  get(`${ns}//secrets`),
  get(`${ns}/pods/../secrets`),
  get(`${ns}/pods/%2e%2e/secrets`),
  get(`${ns}/./secrets`),
  get(`${ns}/pods/..;/secrets`),
  get(`${ns}\\secrets`),
  get('/api//v1/secrets'),
  get('/api/v1/secrets/'),
  get('/apis/anything.example/v1/secrets'),
  get(`${ns}/pods/web/exec?command=sh`),
  get(`${ns}/pods/web/attach`),
  get(`${ns}/pods/web/portforward?ports=80`),
  get(`${ns}/pods/web/proxy/metrics`),
  get(`${ns}/pods/web:8080/proxy`),
  get(`${ns}/services/https:web:443/proxy/admin`),
  get('/api/v1/nodes/n1/proxy/pods'),
  get('/api/v1/nodes/n1/proxy'),
  get('/api/v1/nodes/n1/log'),
  get('/api/v1/proxy/nodes/n1'),
  get(`${ns}/pods/web/log?follow=true`),
  get(`${ns}/pods/web/log?tailLines=1&%66ollow=1`),
  get(`${ns}/pods?limit=1&limit=2`),
  get(`${ns}/pods?command=sh`),
  get(`${ns}/pods?limit=1?watch=1`),
  get(`${ns}/pods?limit=1#fragment`),
  get('/metrics'),
  get('/logs/'),
  get('/debug/pprof/heap'),
  get('/'),
  get('*'),
]

test.each(hostile)('%s %s does not leave', async (method, path) => {
  await using api = await loopbackApi((_, response) => json(response, {}))
  const agent = new Agent()
  const guarded = agent.compose(readOnly({ server: api.url, allowSecrets: false }))
  const sent = guarded.request({ origin: api.url, method, path })
  await expect(sent).rejects.toMatchObject({ name: 'ClusterApiError', status: 403, reason: 'ReadOnly' })
  expect(api.arrived).toEqual([])
  await agent.destroy()
})

test('nor does anything that goes around the path: another server, a query beside it, an upgrade, a tunnel, a body', async () => {
  await using api = await loopbackApi((_, response) => json(response, {}))
  await using other = await loopbackApi((_, response) => json(response, {}))
  const agent = new Agent()
  const guarded = agent.compose(readOnly({ server: `${api.url}/k8s/clusters/c-1`, allowSecrets: true }))
  const path = '/k8s/clusters/c-1/api/v1/pods'
  const base = { origin: api.url, path, method: 'GET' } as const
  const attempts: Promise<unknown>[] = [
    guarded.request({ ...base, origin: other.url }),
    guarded.request({ ...base, query: { follow: 'true' } }),
    guarded.request({ ...base, body: '{}' }),
    guarded.request({ ...base, path: '/api/v1/pods' }),
    guarded.request({ ...base, path: '/k8s/clusters/c-2/api/v1/pods' }),
    guarded.request({ ...base, path: '/k8s/clusters/c-1/../c-2/api/v1/pods' }),
    guarded.upgrade({ ...base, protocol: 'SPDY/3.1' }),
    guarded.connect({ origin: api.url, path }),
  ]
  for (const attempt of attempts) await expect(attempt).rejects.toBeInstanceOf(ClusterApiError)
  expect([...api.arrived, ...other.arrived]).toEqual([])
  await guarded.request(base).then(({ body }) => body.dump())
  expect(api.arrived).toEqual([`GET ${path}`])
  await agent.destroy()
})

test('harmless reads do leave, and Secrets only when they are allowed', async () => {
  await using api = await loopbackApi((_, response) => json(response, { items: [] }))
  const agent = new Agent()
  const strict = agent.compose(readOnly({ server: api.url, allowSecrets: false }))
  const reads = [
    '/version',
    '/apis/apps/v1',
    '/api/v1/pods?limit=500&continue=abc',
    `${ns}/pods?watch=true&allowWatchBookmarks=true&resourceVersion=5`,
    `${ns}/pods/web-0/log?container=app&previous=true&tailLines=20&limitBytes=100`,
    `${ns}/status`,
    '/api/v1/namespaces/secrets',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node',
    '/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets',
    '/apis/apps/v1/namespaces/shop/deployments/web/scale',
  ]
  for (const path of reads)
    await strict.request({ origin: api.url, path, method: 'GET' }).then(({ body }) => body.dump())
  expect(api.arrived).toEqual(reads.map((path) => `GET ${path}`))

  const Secret = { apiVersion: 'v1', kind: 'Secret' }
  const refused = connectCluster(kubeconfigFor(api.url))
  await expect(refused.get(Secret, 'db', 'shop')).rejects.toMatchObject({
    reason: 'ReadOnly',
    message: 'Refused before it left: Secrets (allow_secrets_access is false). This connection only reads.',
  })
  await expect(
    refused.watch(Secret, { resourceVersion: '1' }, () => {}, AbortSignal.timeout(500)),
  ).rejects.toMatchObject({ reason: 'ReadOnly' })
  const allowed = connectCluster(kubeconfigFor(api.url), { allowSecrets: true })
  expect((await allowed.list(Secret, { limit: 1 })).items).toEqual([])
  await agent.destroy()
})
