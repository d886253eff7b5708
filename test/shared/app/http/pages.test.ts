import { mkdtempSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../../infra/local/azurite.ts'
import { reportDeps } from '../../../../shared/app/deps/report.ts'
import { showNoticed } from '../../../../shared/app/deps/show-notified.ts'
import { board, list, listed } from '../../../../shared/app/http/pages.ts'
import { createPlatform, type Platform } from '../../../../shared/app/platform.ts'
import { containers, tables } from '../../../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../../../shared/azure/ensure-storage.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { publish } from '../../../../shared/report/publish.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { fullReport, prose } from '../../report/full-report.ts'
import { incident } from '../../report/sample.ts'

let azurite: Azurite
let platform: Platform
const folder = mkdtempSync(join(tmpdir(), 'nightcrier-pages-'))
beforeAll(async () => {
  azurite = await startAzurite()
  const clusters = join(folder, 'clusters.yaml')
  await writeFile(
    clusters,
    JSON.stringify({
      clusters: ['east', 'west'].map((name) => ({
        name,
        mcp: { endpoint: 'http://127.0.0.1:9/mcp' },
        triage: { enabled: false },
      })),
    }),
  )
  const settings = readSettings({
    AzureWebJobsStorage: azurite.connectionString,
    CLUSTERS_FILE: clusters,
    REPORT_BASE_URL: 'https://nightcrier.example/',
  })
  await ensureStorage(settings)
  platform = createPlatform(settings)
})
afterAll(() => azurite?.stop())

const opened = async (query: Record<string, string> = {}) => {
  const answer = await list(platform, new URLSearchParams(query))
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  return String(answer.body)
}
const kept = async (name: string) => (await platform.storage.blobs(containers.incidents).read(name, 1_000_000))?.text

describe('the pages of the app', () => {
  test('before the first incident the list says that there is none', async () => {
    expect((await list(platform, new URLSearchParams())).status).toBe(404)
    expect((await list(platform, new URLSearchParams({ page: '../secrets.json' }))).status).toBe(404)
  })

  test('a reported incident is on the page that is kept and on the page that is asked for, with links for each reader', async () => {
    const reported = incident({ status: 'reported', outcome: 'cause', reportedAt: '2026-01-12T09:41:08.000Z' })
    await platform.store.insert(reported)
    await listed(platform)(reported, 'Its command is not in the image.')
    const page = await kept('index.html')
    expect(page).toContain('href="https://nightcrier.example/api/r/east.0123456789abcdef.1.r-k1.')
    expect(page).toContain('href="https://nightcrier.example/api/r/all.b-k1.')
    expect(await opened({ page: 'incidents-2026-01.html' })).toContain('Its command is not in the image.')
    expect(await opened()).toContain('href="incidents/east.0123456789abcdef.1/report"')
    // A key in the address is all that a browser has to show at the next one.
    const withKey = await opened({ code: 'k&"y' })
    expect(withKey).toContain('href="incidents/east.0123456789abcdef.1/report?code=k%26%22y"')
    expect(withKey).toContain('href="list?page=incidents-2026-01.html&amp;code=k%26%22y"')
  })

  test('the notice of an end changes its line and its page, and what it found stays', async () => {
    const report = fullReport()
    await publish(
      reportDeps(
        platform,
        createLog('error', () => {}),
      ),
    )(report, { 'investigation.md': prose })
    const stored = (await platform.store.current('east.0123456789abcdef.1'))!
    await platform.store.move(stored, 'resolved', {
      at: new Date('2026-01-12T10:00:00Z'),
      note: 'Not seen since 09:50',
    })
    const notice = { version: 1, id: 'resolved:x', at: '2026-01-12T10:00:00.000Z', type: 'incident', event: 'resolved' }
    await showNoticed(platform, { ...notice, incidentId: 'east.0123456789abcdef.1' })
    const page = await opened()
    expect(page).toContain('class="s-resolved v-critical c-0"')
    expect(page).toContain('Its command is not in the image.')
    const own = await kept('east.0123456789abcdef.1/index.html')
    expect(own).toContain('Not seen since 09:50')
    expect(own).toContain('<strong class="over">over</strong>')
    expect(own).toContain('What I looked at')
    await showNoticed(platform, { ...notice, incidentId: 'east.ffffffffffffffff.1' })
    await showNoticed(platform, 'no notice')
    expect(await opened()).toBe(page)
  })

  test('the board tells what the rows tell at this moment', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString()
    const fields = {
      status: 'active',
      statusSince: new Date(Date.now() - 90_000).toISOString(),
      until: soon,
      blindMilliseconds: 61_000,
    }
    await platform.storage.table(tables.clusters).insert('clusters', 'west', fields)
    const { status, headers, body } = await board(platform, new URLSearchParams())
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    expect(body).toContain('1 of 2')
    expect(String(body).replace(/\s+/g, ' ')).toMatch(/active<\/span><\/td><th scope="row">west .*1 min 1 s/)
  })
})
