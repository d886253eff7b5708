import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../../infra/local/azurite.ts'
import { incidentFeedback } from '../../../../shared/app/http/feedback.ts'
import { incidentScenario } from '../../../../shared/app/http/scenario.ts'
import { createPlatform, type Platform } from '../../../../shared/app/platform.ts'
import { artifactName, containers } from '../../../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../../../shared/azure/ensure-storage.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { composeReport } from '../../../../shared/report/bundle/compose.ts'
import { evidence, incident, verdict } from '../../report/sample.ts'

let azurite: Azurite
let platform: Platform
const reported = incident({ status: 'reported', reportedAt: '2026-01-12T09:41:08.000Z' })
const running = incident({ incidentId: 'west.0123456789abcdef.1', cluster: 'west' })
const put = (file: string, text: string) =>
  platform.storage.blobs(containers.incidents).write(artifactName(reported.incidentId, file), text)

beforeAll(async () => {
  azurite = await startAzurite()
  const settings = readSettings({ AzureWebJobsStorage: azurite.connectionString, CLUSTERS_FILE: '/nowhere.yaml' })
  await ensureStorage(settings)
  platform = createPlatform(settings)
  for (const one of [reported, running]) await platform.store.insert(one)
  const report = composeReport({
    incident: reported,
    result: { version: 1, incidentId: reported.incidentId, fence: 1, ended: 'completed' },
    read: undefined,
    problem: undefined,
    now: new Date('2026-01-12T09:41:08Z'),
  })
  await put('report.json', JSON.stringify({ ...report, outcome: 'cause', verdict: verdict() }))
  await put('evidence.jsonl', `${evidence.map((one) => JSON.stringify(one)).join('\n')}\nnot a line\n`)
})
afterAll(() => azurite?.stop())

const ask = (
  method: string,
  given: { id?: string; body?: string; type?: string; accept?: string; query?: Record<string, string> } = {},
) =>
  incidentFeedback(platform, given.id ?? reported.incidentId, {
    method,
    headers: new Headers({ 'content-type': given.type ?? 'application/json', accept: given.accept ?? '*/*' }),
    query: new URLSearchParams(given.query),
    text: async () => given.body ?? '',
  })

test('looking answers for nobody, however the link is made', async () => {
  await ask('GET', { query: { answer: 'right' }, accept: 'text/html' })
  expect(await ask('GET')).toMatchObject({ status: 200, jsonBody: { entries: [] } })
})

test('a program says it in JSON, a browser by a form, and both are kept', async () => {
  expect((await ask('POST', { body: '{"answer":"partly"}' })).status).toBe(200)
  const form = {
    body: 'answer=wrong&cause=Node%2F%2Fn1',
    type: 'application/x-www-form-urlencoded',
    accept: 'text/html',
  }
  const page = await ask('POST', form)
  expect(page.headers?.['content-type']).toBe('text/html; charset=utf-8')
  expect(page.body).toContain('Thank you')
  expect((await ask('GET')).jsonBody).toMatchObject({
    entries: [{ answer: 'partly' }, { answer: 'wrong', cause: 'Node//n1' }],
  })
  const report = await platform.storage
    .blobs(containers.incidents)
    .read(`${reported.incidentId}/report.json`, 1_000_000)
  expect(JSON.parse(report?.text ?? '').feedback).toHaveLength(2)
})

test.each([
  ['{"answer":"maybe"}', 400, 'answer: must be one of right, partly, wrong'],
  ['{"answer":"right","anser":1}', 400, 'anser: is not a known key. Did you mean answer?'],
  ['no JSON', 400, 'the body: must be a group of keys'],
  ['x'.repeat(20_001), 413, 'At most 20000 characters'],
])('%.40s is refused with %i', async (body, status, error) => {
  expect(await ask('POST', { body })).toMatchObject({ status, jsonBody: { error } })
})

test('no secret that somebody writes is kept, and no character that steers', async () => {
  const planted = `ghp_${'Q7xK2mVw'.repeat(5).slice(0, 36)}`
  const body = JSON.stringify({ answer: 'wrong', comment: `it was ${planted}\u001b[2J\u202e of course` })
  expect((await ask('POST', { body })).status).toBe(200)
  const seen = JSON.stringify(await ask('GET'))
  expect(seen).toContain('it was ‹redacted:')
  for (const gone of [planted, '\\u001b', '\u202e']) expect(seen).not.toContain(gone)
})

test('an incident without a report has nothing to be right about, and one that is none does not exist', async () => {
  expect((await ask('GET', { id: running.incidentId })).status).toBe(409)
  expect((await ask('POST', { id: 'east.ffffffffffffffff.1' })).status).toBe(404)
})

test('an incident leaves as a scenario once its agent has left a picture of the cluster', async () => {
  const early = await incidentScenario(platform, reported.incidentId)
  expect(early).toMatchObject({ status: 409, jsonBody: { error: expect.stringContaining('left no picture') } })
  await put('cluster.yaml', '# Picture taken at 2026-01-12T09:41:00Z\n')
  const answer = await incidentScenario(platform, reported.incidentId)
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/zip' } })
  const files = unzipSync(answer.body instanceof Uint8Array ? answer.body : new Uint8Array())
  expect(Object.keys(files).map((name) => name.replace(`${reported.incidentId}/`, ''))).toEqual([
    'cluster.yaml',
    'expect.yaml',
    'README.md',
  ])
  expect((await incidentScenario(platform, 'east.ffffffffffffffff.1')).status).toBe(404)
})
