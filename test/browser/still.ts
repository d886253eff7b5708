import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Opened } from './browser.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const Violations = z.array(z.string())

/** What must hold for every page in every look: only itself was loaded, nothing ran, and WCAG 2.2 AA is kept. */
export async function still({ page, requests, noises }: Opened, url: string): Promise<void> {
  expect(await page.evaluate('document.scripts.length')).toBe(0)
  expect(requests).toEqual([url])
  expect(noises).toEqual([])
  const width = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  expect(width, 'nothing sticks out sideways').toBe(0)
  await page.evaluate(axe)
  const found =
    await page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`)
  expect(Violations.parse(found)).toEqual([])
}
