import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../infra/local/azurite.ts'
import { artifactName, containers } from '../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../shared/azure/ensure-storage.ts'
import { storageFromSettings } from '../../shared/azure/storage-from-settings.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { incidentPage } from '../../shared/report/page/incident-page.ts'
import type { Blobs } from '../../shared/runtime/blobs.ts'
import { fullReport, prose } from '../shared/report/full-report.ts'
import { openPage, startBrowser } from './browser.ts'
import { looks } from './looks.ts'
import { still } from './still.ts'

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

describe('the page of an incident, over its own link', () => {
  test.each(Object.keys(looks))(
    '%s: it runs nothing, asks nobody else, says nothing and breaks no rule',
    async (look) => {
      const url = await published(await incidentPage(fullReport(), prose))
      const opened = await openPage(browser, url, looks[look])
      if (look === 'print') await opened.page.emulateMedia({ media: 'print' })
      expect(await opened.page.locator('h1').textContent()).toContain(
        'its command names a file that is not in the image',
      )
      await opened.picture(`incident-${look}`)
      await still(opened, url)
      await opened.close()
    },
  )
})
