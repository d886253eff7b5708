import type { Browser, BrowserContextOptions } from 'playwright-core'
import { startAzurite } from '../../infra/local/azurite.ts'
import { containers } from '../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../shared/azure/ensure-storage.ts'
import { storageFromSettings } from '../../shared/azure/storage-from-settings.ts'
import { readSettings } from '../../shared/config/settings.ts'
import type { Blobs } from '../../shared/runtime/blobs.ts'
import { share } from '../run/share.ts'
import { startBrowser } from './browser.ts'

export type Site = {
  readonly browser: Browser
  readonly blobs: Blobs
  /** Keeps a page in storage and gives the link that a reader is given. */
  readonly publish: (name: string, html: string) => Promise<string>
  readonly link: (name: string) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Storage with real links, and a browser to open them. */
export async function startSite(): Promise<Site> {
  const browser = await startBrowser()
  const azurite = await startAzurite()
  const settings = readSettings({ AzureWebJobsStorage: azurite.connectionString })
  await ensureStorage(settings)
  const blobs = storageFromSettings(settings).blobs(containers.incidents)
  const link = (name: string) => blobs.readLink(name, new Date(Date.now() + 600_000))
  return {
    browser,
    blobs,
    link,
    publish: async (name, html) => {
      await blobs.write(name, html)
      return link(name)
    },
    stop: async () => {
      await browser.close()
      await azurite.stop()
    },
  }
}

/** How readers see a page. */
export const looks = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 1.5 },
  small: { colorScheme: 'light', viewport: { width: 320, height: 640 }, isMobile: true, deviceScaleFactor: 1.5 },
  641: { colorScheme: 'light', viewport: { width: 641, height: 900 } },
  768: { colorScheme: 'light', viewport: { width: 768, height: 1024 } },
  900: { colorScheme: 'light', viewport: { width: 900, height: 1000 } },
  forced: { colorScheme: 'dark', forcedColors: 'active' },
  print: { colorScheme: 'light', viewport: { width: 794, height: 1123 } },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>
const allLooks = ['light', 'dark', 'phone', 'small', '641', '768', '900', 'forced', 'print'] as const
export const lookNames = share(allLooks, 3)
