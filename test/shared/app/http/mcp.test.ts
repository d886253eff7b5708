import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { kubernetesMcp } from '../../../../shared/app/http/mcp.ts'
import { clustersSource } from '../../../../shared/config/clusters-source.ts'
import { clustersFromFile } from '../../../../shared/config/clusters-text.ts'
import { readSecret } from '../../../../shared/config/secret-ref.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { node } from '../../mcp-server/pods.ts'
import { simulated } from '../../mcp-server/setup.ts'

test('POST /api/mcp answers for the clusters of clusters.yaml, and takes up a changed file without a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-parts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { simulator } = await simulated({ objects: [node] })
  writeFileSync(join(folder, 'k'), simulator.kubeconfig)
  const where = join(folder, 'clusters.yaml')
  const put = (...names: string[]) =>
    writeFileSync(
      where,
      `clusters:\n${names.map((name) => `  - { name: ${name}, mcp: { endpoint: "https://x.example" }, triage: { kubeconfig: "file:k" } }\n`).join('')}`,
    )
  put('east')
  let now = Date.now()
  const platform = {
    clusters: clustersSource({ where, read: clustersFromFile(where), log: () => undefined }),
    secret: readSecret({ folder }),
    clock: { ...systemClock, now: () => new Date(now) },
    cursorKey: async () => 'a key of this test',
  }
  const log = createLog('error', () => undefined)
  const call = async (name: string, args: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' })
    const url = 'http://127.0.0.1/api/mcp'
    const answer = await kubernetesMcp(platform, log, { method: 'POST', url, headers, text: async () => body })
    expect(answer.status).toBe(200)
    return answer.body
  }
  expect(await call('resources_list', { cluster: 'east', apiVersion: 'v1', kind: 'Node' })).toContain('n1')
  put('east', 'west')
  now += 5_000
  expect(await call('clusters_list', {})).toContain('west')
})

test('a chunked body, which the Functions host hands over empty, is answered in words and not as an empty message', async () => {
  const platform = {
    clusters: { current: async () => Promise.reject(new Error('not asked')) },
    secret: readSecret({ folder: '.' }),
    clock: systemClock,
    cursorKey: async () => 'a key of this test',
  }
  const headers = new Headers({ 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
  const asked = { method: 'POST', url: 'http://127.0.0.1/api/mcp', headers, text: async () => '' }
  const answer = await kubernetesMcp(
    platform,
    createLog('error', () => undefined),
    asked,
  )
  expect(answer.status).toBe(411)
  expect(answer.body).toContain('Content-Length')
})
