import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../../infra/local/azurite.ts'
import { notifyDeps } from '../../../../shared/app/deps/notify.ts'
import { reportDeps } from '../../../../shared/app/deps/report.ts'
import { byLink } from '../../../../shared/app/http/by-link.ts'
import { linksBeside } from '../../../../shared/app/http/links.ts'
import { listed } from '../../../../shared/app/http/pages.ts'
import { createPlatform, type Platform } from '../../../../shared/app/platform.ts'
import { containers } from '../../../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../../../shared/azure/ensure-storage.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { publish } from '../../../../shared/report/publish.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { startWeatherProxy } from '../../../fakes/weather-proxy.ts'
import { fullReport, prose } from '../../report/full-report.ts'
import { incident } from '../../report/sample.ts'

let azurite: Azurite
let platform: Platform
const silent = createLog('error', () => {})
const own = 'https://func-example.azurewebsites.net'
const full = fullReport()
const report = { ...full, incident: { ...full.incident, related: ['west.fedcba9876543210.2'] } }
const { incidentId } = report.incident
beforeAll(async () => {
  azurite = await startAzurite()
  // As in Azure: nobody names the address of the app.
  const settings = readSettings({
    AzureWebJobsStorage: azurite.connectionString,
    CLUSTERS_FILE: '/nowhere.yaml',
    WEBSITE_HOSTNAME: 'func-example.azurewebsites.net',
  })
  await ensureStorage(settings)
  platform = createPlatform(settings, () => {})
  const publishIt = publish(reportDeps(platform, silent))
  for (const id of [incidentId, ...report.incident.related]) {
    const [cluster = '', identity = '', generation] = id.split('.')
    const name = { incidentId: id, cluster, identity, generation: Number(generation) }
    const one = incident({ ...report.incident, ...name, status: 'reported', outcome: 'cause' })
    const stored = { ...one, reportedAt: '2026-01-12T09:41:08.000Z' }
    await platform.store.insert(stored)
    const files = Object.fromEntries(report.artifacts.map((file) => [file, `${file} of ${id}`]))
    await publishIt({ ...report, incident: stored }, { ...files, 'investigation.md': prose })
    await listed(platform)(stored, report.headline)
  }
})
afterAll(() => azurite?.stop())

const open = (address: string, { method = 'GET', accept = 'text/html', body = '', through = platform } = {}) => {
  const url = new URL(address, `${own}/api/r/x`)
  expect(url.href).toContain(`${own}/api/r/`)
  const form = 'application/x-www-form-urlencoded'
  return byLink(through, decodeURIComponent(url.pathname.slice('/api/r/'.length)), {
    method,
    headers: { get: (name) => (name === 'accept' ? accept : name === 'content-type' ? form : null) },
    query: url.searchParams,
    text: async () => body,
  })
}
const linksIn = (page: unknown): readonly string[] =>
  [...String(page).matchAll(/href="([^"#][^"]*)"/g)].map(([, found = '']) => found.replaceAll('&amp;', '&'))
const inMessage = async () => {
  const { report: read, feedback } = await notifyDeps(platform, silent).links(incidentId, true)
  return [read!, feedback!]
}

describe('a link that opens by itself', () => {
  test('every link of a message, and every link of every page behind it, opens a page', async () => {
    const kept = await platform.storage.blobs(containers.incidents).read('index.html', 1_000_000)
    const waiting = [...(await inMessage()), ...linksIn(kept?.text)]
    const seen = new Set<string>()
    const purposes = new Set<string>()
    while (waiting.length > 0 && seen.size < 200) {
      const next = new URL(waiting.shift()!, `${own}/api/r/x`).href
      // One filter after the other: all of them together are hundreds of the same page.
      if (seen.has(next) || [...new URL(next).searchParams.keys()].length > 1) continue
      seen.add(next)
      purposes.add(/\.([rflbma])-/.exec(next)?.[1] ?? next)
      const { status, headers, body } = await open(next)
      expect({ next, status }).toEqual({ next, status: 200 })
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      if (headers?.['content-type']?.includes('html')) waiting.push(...linksIn(body))
    }
    expect([...purposes].sort()).toEqual(['a', 'b', 'f', 'l', 'm', 'r'])
    expect([...seen].some((one) => one.includes('?file='))).toBe(true)
    expect(seen.size).toBeLessThan(200)
  })

  test('a link that is not ours opens a page that says so, and JSON for a program', async () => {
    const [read] = await inMessage()
    for (const wrong of [read!.slice(0, -1), read!.replace('.r-', '.f-'), `${own}/api/r/${incidentId}`]) {
      const page = await open(wrong)
      expect(page.status).toBe(403)
      expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8' })
      expect(page.body).toContain('Ask for a new one')
      expect((await open(wrong, { accept: 'application/json' })).jsonBody).toHaveProperty('error')
    }
  })

  test('looking changes nothing, and only a link for answers takes one', async () => {
    const [read, feedback] = await inMessage()
    expect((await open(`${feedback}?answer=wrong`)).body).not.toContain('Said so far')
    expect((await open(read!, { method: 'POST', body: 'answer=wrong' })).status).toBe(405)
    expect((await open(feedback!, { method: 'POST', body: 'answer=right&by=Ada' })).body).toContain('Thank you')
    expect((await open(read!)).body).toContain('says Ada')
    const bad = await open(feedback!, { method: 'POST', body: 'answer=perhaps' })
    expect(bad.status).toBe(400)
    expect(bad.body).toContain('<h1>')
  })

  test('only files that the report names are shown, as text', async () => {
    const [read] = await inMessage()
    expect((await open(`${read}?file=report.json`)).headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
    for (const file of ['../config/link-keys.txt', 'index.html', 'feedback.json', 'x'.repeat(5_000)])
      expect((await open(`${read}?file=${encodeURIComponent(file)}`)).status).toBe(404)
  })

  test('another instance makes and knows the same links', async () => {
    const other = createPlatform(platform.settings, () => {})
    expect(await notifyDeps(other, silent).links(incidentId, true)).toEqual(
      await notifyDeps(platform, silent).links(incidentId, true),
    )
  })
})

test('a report in the archive tier is told on a page, soon, and the list goes on', async () => {
  const proxy = await startWeatherProxy(azurite.connectionString)
  try {
    proxy.weather = ({ method, path }) =>
      method === 'GET' && path.includes('report.json') ? { refuse: 409, code: 'BlobArchived' } : 'pass'
    const through = createPlatform(
      readSettings({
        AzureWebJobsStorage: proxy.connectionString,
        CLUSTERS_FILE: '/nowhere.yaml',
        WEBSITE_HOSTNAME: 'func-example.azurewebsites.net',
      }),
      () => {},
    )
    const [report = ''] = await inMessage()
    const began = performance.now()
    const page = await open(report, { through })
    expect(page.status).toBe(503)
    expect(String(page.body)).toMatch(/archive tier: rehydrate it, which takes hours/)
    expect(String(page.body)).toContain(`${incidentId}/report.json`)
    expect(performance.now() - began).toBeLessThan(5_000)
    expect((await open((await linksBeside(platform)).list('index.html'), { through })).status).toBe(200)
    expect(proxy.fates['refuse-409']).toBe(1)
  } finally {
    await proxy.stop()
  }
})

describe('the ask link', () => {
  test('shows a form, asks for an object of its cluster, and says what is wrong', async () => {
    const ask = (await linksBeside(platform)).ask(incidentId)
    const look = await open(ask)
    expect(look.body).toContain(`value="${report.incident.owner.name}"`)
    // No clusters.yaml is there: what the door of all asks answers is said on the page.
    const sent = await open(ask, { method: 'POST', body: 'kind=Node&name=worker-1' })
    expect(sent.status).toBe(404)
    expect(sent.body).toContain('There is no cluster')
    expect(sent.body).toContain('value="worker-1"')
    expect((await open(ask, { method: 'POST', body: 'kind=&name=' })).status).toBe(400)
    expect((await open(ask, { method: 'DELETE' })).status).toBe(405)
  })
})

describe('with sign-in', () => {
  const group = '11111111-2222-3333-4444-555555555555'
  const entra = (more: Record<string, string> = {}) =>
    createPlatform(
      readSettings({
        AzureWebJobsStorage: azurite.connectionString,
        CLUSTERS_FILE: '/nowhere.yaml',
        WEBSITE_HOSTNAME: 'func-example.azurewebsites.net',
        SIGN_IN: 'entra',
        WEBSITE_AUTH_ENABLED: 'True',
        ...more,
      }),
      () => {},
    )
  const principal = (claims: readonly { typ: string; val: string }[]) =>
    Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64')
  const ada = principal([
    { typ: 'name', val: 'Ada' },
    { typ: 'groups', val: group },
  ])
  type Sent = { who?: string; method?: string; accept?: string; site?: string; body?: string; token?: string }
  const ask = (
    on: Platform,
    address: string,
    { who, method = 'GET', accept = 'text/html', site, body = '', token }: Sent = {},
  ) => {
    const url = new URL(address, `${own}/api/r/x`)
    const sent: Record<string, string | undefined> = {
      accept,
      'x-ms-client-principal': who,
      'sec-fetch-site': site,
      authorization: token,
      'content-type': 'application/x-www-form-urlencoded',
    }
    return byLink(on, decodeURIComponent(url.pathname.slice('/api/r/'.length)), {
      method,
      headers: { get: (name) => sent[name] ?? null },
      query: url.searchParams,
      text: async () => body,
    })
  }

  test('a link opens nothing by itself: a browser is sent to sign in and back, a program is told so', async () => {
    const on = entra()
    for (const link of [(await linksBeside(platform)).report(incidentId), (await linksBeside(on)).report(incidentId)]) {
      const { status, headers, body } = await ask(on, `${link}?file=report.json`)
      expect([status, body]).toEqual([302, undefined])
      const [, back = ''] = /^\/\.auth\/login\/aad\?post_login_redirect_uri=(.*)$/.exec(headers?.location ?? '') ?? []
      expect(decodeURIComponent(back)).toMatch(/^\/api\/r\/[^/]+\?file=report\.json$/)
      expect(await ask(on, link, { accept: '*/*' })).toMatchObject({
        status: 401,
        jsonBody: { error: expect.stringContaining('Sign in') },
      })
      // Whoever has signed in gets the page, also by a link of before.
      expect((await ask(on, link, { who: ada })).status).toBe(200)
    }
  })

  test('all links of all pages open for who may, and none has a signature', async () => {
    const on = entra({ SIGN_IN_GROUP: group })
    const read = (await notifyDeps(on, silent).links(incidentId, true)).report!
    expect(read).toBe(`${own}/api/r/${incidentId}.r`)
    const waiting = [read]
    const seen = new Set<string>()
    while (waiting.length > 0 && seen.size < 60) {
      const next = new URL(waiting.shift()!, `${own}/api/r/x`).href
      if (seen.has(next) || [...new URL(next).searchParams.keys()].length > 1) continue
      seen.add(next)
      expect(next).not.toMatch(/\.[rflbma]-/)
      const { status, headers, body } = await ask(on, next, { who: ada })
      expect({ next, status }).toEqual({ next, status: 200 })
      if (headers?.['content-type']?.includes('html')) waiting.push(...linksIn(body))
    }
    expect(seen.size).toBeGreaterThan(10)
  })

  test('who may not is told why, on a page', async () => {
    const on = entra({ SIGN_IN_GROUP: group })
    const link = (await linksBeside(on)).report(incidentId)
    const other = await ask(on, link, { who: principal([{ typ: 'groups', val: 'another' }]) })
    expect([other.status, other.body]).toEqual([403, expect.stringContaining('SIGN_IN_GROUP')])
    const many = await ask(on, link, { who: principal([{ typ: 'hasgroups', val: 'true' }]) })
    expect([many.status, many.body]).toEqual([403, expect.stringContaining('too many groups')])
    expect((await ask(on, `${own}/api/r/nothing`, { who: ada })).status).toBe(404)
  })

  test('a program sends with its token, and a page of somebody else nothing', async () => {
    const on = entra()
    const mute = (await linksBeside(on)).mute(incidentId)
    const remove = { who: ada, method: 'DELETE', accept: 'application/json' }
    expect((await ask(on, mute, remove)).status).toBe(403)
    expect((await ask(on, mute, { ...remove, token: 'Bearer of-the-app' })).status).toBe(200)
  })

  test('a principal counts only where App Service takes away what a client made up', async () => {
    const off = entra({ WEBSITE_AUTH_ENABLED: '' })
    const { status, body } = await ask(off, (await linksBeside(off)).report(incidentId), { who: ada })
    expect([status, body]).toEqual([503, expect.stringContaining('App Service authentication is off')])
    // And with links, it counts for nothing.
    expect((await ask(platform, `${own}/api/r/${incidentId}.r`, { who: ada })).status).toBe(403)
  })

  test('what is sent bears the name of who signed in, and no other site can send it', async () => {
    const on = entra()
    const feedback = (await linksBeside(on)).feedback(incidentId)
    const form = { who: ada, method: 'POST', body: 'answer=right&by=Eve' }
    for (const site of [undefined, 'cross-site', 'same-site'])
      expect((await ask(on, feedback, site === undefined ? form : { ...form, site })).status).toBe(403)
    const sent = await ask(on, feedback, { ...form, site: 'same-origin' })
    expect(sent.body).toContain('says Ada')
    expect(sent.body).not.toContain('Eve')
  })

  test('without its own address a message has no link rather than one that opens for everybody', async () => {
    const on = entra({ WEBSITE_HOSTNAME: '' })
    expect(await notifyDeps(on, silent).links(incidentId, true)).toEqual({ report: undefined, feedback: undefined })
  })
})
