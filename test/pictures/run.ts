import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import type { Browser } from 'playwright-core'
import { startBrowser } from '../browser/browser.ts'
import { startReceiver } from '../fakes/receiver.ts'
import { messagePage } from './message-page.ts'

// The pictures of README and docs: one run of the demo, its report and the message that it sent, light and dark.

const root = join(import.meta.dirname, '../..')
/** A demo takes a minute; a busy machine some. */
const LIMIT_MS = 300_000

async function demo(): Promise<{ readonly page: string; readonly message: string }> {
  const receiver = await startReceiver()
  const child = spawn(process.execPath, ['infra/local/start.ts'], {
    cwd: root,
    env: { ...process.env, SLACK_WEBHOOK_URL: `${receiver.url}/slack`, REPORT_BASE_URL: 'http://127.0.0.1:7071' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += String(chunk)
    })
    for (const until = Date.now() + LIMIT_MS; Date.now() < until; await new Promise((done) => setTimeout(done, 250))) {
      const link = /^report: (http\S+)/m.exec(said)?.[1]
      const told = receiver.received.find(({ body }) => body.includes('/api/r/'))
      if (link !== undefined && told !== undefined)
        return { page: await (await fetch(link)).text(), message: told.body }
    }
    throw new Error(`There was no report with its message within ${LIMIT_MS / 1_000} s:\n${said}`)
  } finally {
    child.kill('SIGINT')
    await once(child, 'exit')
    await receiver.stop()
  }
}

async function picture(browser: Browser, html: string, name: string, width: number, tallest: number): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: tallest } })
    const page = await context.newPage()
    await page.setContent(html)
    const height = Math.min(
      tallest,
      await page.evaluate(() => Math.ceil(globalThis.document.body.getBoundingClientRect().height)),
    )
    await page.screenshot({
      path: join(root, `docs/pictures/${name}-${colorScheme}.png`),
      clip: { x: 0, y: 0, width, height },
    })
    await context.close()
  }
}

const { page, message } = await demo()
const browser = await startBrowser()
try {
  await picture(browser, page, 'report', 900, 620)
  await picture(browser, messagePage(message), 'message', 680, 420)
} finally {
  await browser.close()
}
console.log('docs/pictures: report and message, light and dark')
