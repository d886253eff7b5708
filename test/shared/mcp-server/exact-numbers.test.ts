import { expect, onTestFinished, test } from 'vitest'
import { connectWriter } from '../../../shared/kubernetes/connect-writer.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { lazyTargets, type Targets } from '../../../shared/mcp-server/targets/targets.ts'
import { kubeconfigFor, loopbackApi } from '../kubernetes/loopback-api.ts'
import { caller } from './setup.ts'

const GROUP = '/apis/example.com/v1'
/** An API with one custom kind, whose one object has a number that no double holds. */
async function serving(serial: string) {
  const object = `{"apiVersion":"example.com/v1","kind":"Ledger","metadata":{"name":"main","namespace":"shop"},"spec":{"serial":${serial}}}`
  const applied: string[] = []
  const api = await loopbackApi((request, response, body) => {
    const path = (request.url ?? '').split('?')[0]
    response.setHeader('content-type', 'application/json')
    if (path === GROUP)
      response.end(
        '{"kind":"APIResourceList","resources":[{"name":"ledgers","kind":"Ledger","namespaced":true,"verbs":["get","list","patch"]}]}',
      )
    else if (request.method === 'PATCH') {
      applied.push(body)
      response.end(body)
    } else if (path?.endsWith('/ledgers')) response.end(`{"kind":"LedgerList","metadata":{},"items":[${object}]}`)
    else response.end(object)
  })
  const cluster = connectWriter(kubeconfigFor(api.url))
  onTestFinished(async () => {
    await cluster.close()
    await api[Symbol.asyncDispose]()
  })
  return { cluster, applied }
}
const kind = { apiVersion: 'example.com/v1', kind: 'Ledger' }

test('a number beyond 2^53 is read, compared and applied with all its digits', async () => {
  const [one, other] = await Promise.all([serving('9007199254740993'), serving('9007199254740992')])
  const entries = [
    { target: { name: 'one', aliases: [], server: '', namespace: 'shop' }, open: () => one.cluster },
    { target: { name: 'other', aliases: [], server: '', namespace: 'shop' }, open: () => other.cluster },
  ]
  const targets: Targets = { ...lazyTargets(entries), writeAt: () => one.cluster.write }
  const redact = createRedactor({ key: 'a key of sixteen bytes' })
  const { call } = await caller({ targets, redact, choice: { readWrite: true } })
  const read = await call('resources_get', { ...kind, name: 'main', cluster: 'one' })
  expect(read.text).toContain('9007199254740993')
  expect(JSON.stringify(read.structured)).toContain('9007199254740993')
  const compared = await call('clusters_compare', { ...kind, namespace: 'shop' })
  expect(compared.text).toMatch(/spec\.serial.*9007199254740993/s)
  expect(compared.text).toContain('9007199254740992')
  const resource =
    'apiVersion: example.com/v1\nkind: Ledger\nmetadata: {name: main}\nspec: {serial: 9007199254740993, mode: 0644, small: 7}\n'
  const applied = await call('resources_create_or_update', { resource, cluster: 'one' })
  expect(applied.isError, applied.text).toBe(false)
  expect(one.applied[0]).toContain('"spec":{"serial":9007199254740993,"mode":420,"small":7}')
  const rounded = { ...kind, metadata: { name: 'main' }, spec: { serial: 2 ** 60 } }
  const refused = await call('resources_create_or_update', { resource: rounded, cluster: 'one' })
  expect(refused.text).toContain('give the manifest as YAML text')
  expect(one.applied).toHaveLength(1)
})
