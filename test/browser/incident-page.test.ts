import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../infra/local/azurite.ts'
import { artifactName, containers } from '../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../shared/azure/ensure-storage.ts'
import { storageFromSettings } from '../../shared/azure/storage-from-settings.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { incidentPage } from '../../shared/report/page/incident-page.ts'
import type { Blobs } from '../../shared/runtime/blobs.ts'
import { fullReport } from '../shared/report/full-report.ts'
import { openPage, startBrowser } from './browser.ts'

let azurite: Azurite
let browser: Browser
let blobs: Blobs
beforeAll(async () => {
  ;[azurite, browser] = await Promise.all([startAzurite(), startBrowser()])
  const settings = readSettings({ AzureWebJobsStorage: azurite.connectionString })
  await ensureStorage(settings)
  blobs = storageFromSettings(settings).blobs(containers.incidents)
})
afterAll(async () => {
  await browser?.close()
  await azurite?.stop()
})

async function published(html: string): Promise<string> {
  const name = artifactName('east.0123456789abcdef.1', 'index.html')
  await blobs.write(name, html)
  return blobs.readLink(name, new Date(Date.now() + 600_000))
}

test('a report opens over its link, runs nothing, asks nobody else and says nothing', async () => {
  const url = await published(await incidentPage(fullReport()))
  const { page, requests, noises, picture, close } = await openPage(browser, url)
  expect(await page.locator('h1').textContent()).toContain('its command names a file that is not in the image')
  expect(await page.evaluate('document.scripts.length')).toBe(0)
  expect(requests).toEqual([url])
  expect(noises).toEqual([])
  await picture('incident-light')
  await close()
})
