import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { browser } from '../../../shared/cli/browser.ts'

test('a page is opened only where its opener does not fail, and only an address', async () => {
  expect(await browser('https://example.com', 'true')).toBe(true)
  // As xdg-open does where there is no screen.
  expect(await browser('https://example.com', 'false')).toBe(false)
  expect(await browser('https://example.com', 'no-such-program')).toBe(false)
  expect(await browser('file:///etc/passwd', 'true')).toBe(false)
})

test('an opener that stays is left alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrier-browser-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const stays = join(folder, 'stays')
  writeFileSync(stays, '#!/bin/sh\nexec sleep 5\n', { mode: 0o700 })
  const begun = performance.now()
  expect(await browser('https://example.com', stays, 50)).toBe(true)
  expect(performance.now() - begun).toBeLessThan(4_000)
})
