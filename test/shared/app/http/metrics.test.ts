import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { QueueClient } from '@azure/storage-queue'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../../infra/local/azurite.ts'
import { notifiedBreakers } from '../../../../shared/app/deps/notified-breakers.ts'
import { reportDeps } from '../../../../shared/app/deps/report.ts'
import { metrics } from '../../../../shared/app/http/health.ts'
import { createPlatform, type Platform } from '../../../../shared/app/platform.ts'
import { queues } from '../../../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../../../shared/azure/ensure-storage.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { NoticeMessage } from '../../../../shared/incident/notices.ts'
import { handleResult } from '../../../../shared/report/handle-result.ts'
import { AGENTS, CONTAINER_GROUPS } from '../../../../shared/runtime/breaker-names.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { memoryContainerGroups } from '../../../fakes/memory-container-groups.ts'
import { incident } from '../../report/sample.ts'

let azurite: Azurite
let platform: Platform
const folder = mkdtempSync(join(tmpdir(), 'nightcrier-metrics-'))
const log = createLog('error', () => {})
beforeAll(async () => {
  azurite = await startAzurite()
  const clusters = join(folder, 'clusters.yaml')
  writeFileSync(clusters, 'mcp_endpoint: http://127.0.0.1:9/mcp\n')
  const settings = readSettings({ AzureWebJobsStorage: azurite.connectionString, CLUSTERS_FILE: clusters })
  await ensureStorage(settings)
  platform = createPlatform(settings)
})
afterAll(async () => {
  await azurite?.stop()
  rmSync(folder, { recursive: true })
})
const told = async () => String((await metrics(platform)).body)

test('metrics are read from real tables and queues: an agent that ended stands in them from then on', async () => {
  expect(await told()).toContain('nightcrier_agent_duration_seconds_count 0\n')
  const { incidentId, fence, cluster } = incident()
  await platform.store.insert(incident())
  const deps = { ...reportDeps(platform, log), groups: memoryContainerGroups() }
  const ended = { version: 1, incidentId, fence, ended: 'timeout', reason: 'It hung' }
  expect(await handleResult(deps)(ended)).toBe('published')
  expect(await handleResult(deps)(ended)).toBe('published-before')
  const text = await told()
  expect(text).toContain(`nightcrier_agents_ended_total{cluster="${cluster}",ended="timeout"} 1\n`)
  expect(text).toContain(`nightcrier_reports_total{cluster="${cluster}",outcome="evidence-only"} 1\n`)
  expect(text).toContain('nightcrier_agent_duration_seconds_count 1\n')
  expect(text).toContain(`nightcrier_incidents{cluster="${cluster}",state="failed"} 1\n`)
  // Its notice, twice, and twice a call to launch who waits.
  expect(text).toContain('nightcrier_queue_messages{queue="notices"} 2\n')
  expect(text).toContain('nightcrier_queue_messages{queue="faults"} 2\n')
  expect(text).toContain('nightcrier_breaker_failures{name="agents"} 1\n')
})

test('people are told when what fails is tried again, but of agents, which nothing waits for', async () => {
  const queue = new QueueClient(azurite.connectionString, queues.notices)
  await queue.clearMessages()
  const breakers = notifiedBreakers(platform, log)
  for (const name of [AGENTS, CONTAINER_GROUPS])
    for (let failure = 0; failure < 3; failure++) await breakers.failed(name, 'It does not work')
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 10 })
  const notices = receivedMessageItems.map(({ messageText }) =>
    NoticeMessage.parse(JSON.parse(Buffer.from(messageText, 'base64').toString())),
  )
  const next = notices.map((one) => ('what' in one && one.type === 'degraded' ? [one.what, 'retryAt' in one] : []))
  expect(next).toEqual([
    [AGENTS, false],
    [CONTAINER_GROUPS, true],
  ])
})
