import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const artifacts = fileURLToPath(new URL('../artifacts', import.meta.url))

/** A page as its reader has it, and everything it did that a still page does not. */
export type Opened = {
  readonly page: Page
  /** Every address that was asked for, the page's own first. */
  readonly requests: readonly string[]
  /** Console lines, errors, dialogs, downloads and new windows. */
  readonly noises: readonly string[]
  readonly picture: (name: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Debian's chromium; CI installs it, and a machine without it must not pass by skipping. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`There is no browser at ${executablePath}: apt-get install chromium, or set CHROMIUM to its path.`)
  return chromium.launch({
    executablePath,
    // Containers have neither the kernel rights of its sandbox nor much shared memory; the pages are our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
}

export async function openPage(
  browser: Browser,
  url: string,
  how: BrowserContextOptions = {},
  onPaper = false,
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...how })
  const page = await context.newPage()
  if (onPaper) await page.emulateMedia({ media: 'print' })
  const requests: string[] = []
  const noises: string[] = []
  context.on('request', (request) => requests.push(request.url()))
  context.on('page', (other) => noises.push(`window: ${other.url()}`))
  page.on('console', (message) => noises.push(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => noises.push(`error: ${error.message}`))
  page.on('download', (download) => noises.push(`download: ${download.url()}`))
  page.on('dialog', (dialog) => {
    noises.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const answer = await page.goto(url, { waitUntil: 'load', timeout: 20_000 })
  if (answer?.status() !== 200) throw new Error(`${url} answered ${answer?.status()}`)
  return {
    page,
    requests,
    noises,
    picture: async (name) => {
      mkdirSync(artifacts, { recursive: true })
      await page.screenshot({ path: join(artifacts, `${name}.png`), fullPage: true, caret: 'initial' })
    },
    close: () => context.close(),
  }
}
