import axe from 'axe-core'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Opened } from './browser.ts'

const Sentences = z.array(z.string())

/** What must hold for every page in every look, whose links lead to itself or to `host`: only itself was loaded, nothing ran, and WCAG 2.2 AA is kept. */
export async function still({ page, requests, noises }: Opened, url: string, host = new URL(url).host): Promise<void> {
  expect(requests).toEqual([url])
  expect(Sentences.parse(await page.evaluate(livingParts(host)))).toEqual([])
  await readable({ page })
  expect(requests).toEqual([url])
  expect(noises).toEqual([])
}

/** Nothing sticks out, and WCAG 2.2 AA is kept. */
export async function readable({ page }: Pick<Opened, 'page'>): Promise<void> {
  // Not innerWidth: a phone widens its window when something sticks out.
  const width = page.viewportSize()?.width
  expect(await page.evaluate('document.documentElement.scrollWidth'), 'something sticks out').toBeLessThanOrEqual(
    width ?? 0,
  )
  // Folded parts are read too.
  await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
  await page.evaluate(axe.source)
  const found =
    await page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`)
  expect(Sentences.parse(found)).toEqual([])
}

/** Everything in a page that could run, load, lead away or dress itself up. */
const livingParts = (host: string) => `(() => {
  const found = []
  if (window.ran !== undefined) found.push('a script ran')
  for (const one of document.querySelectorAll('script, link, img, iframe, object, embed, base, form, textarea, video, audio, use, image, foreignObject, animate, set'))
    found.push(one.outerHTML.slice(0, 200))
  if (document.querySelectorAll('style').length !== 1) found.push('more than one style sheet')
  const metas = [...document.querySelectorAll('meta')].map((one) => one.httpEquiv).filter((name) => name !== '')
  if (metas.join() !== 'Content-Security-Policy') found.push('meta ' + metas.join())
  for (const one of document.querySelectorAll('*'))
    for (const { name, value } of one.attributes) {
      if (name.startsWith('on') || name === 'style' || name === 'srcdoc' || name === 'formaction') found.push(name + '=' + value)
      if (name === 'href' && !['http:', 'https:'].includes(one.protocol)) found.push(name + '=' + value)
      if (name === 'href' && one.host !== location.host && one.host !== '${host}') found.push(name + '=' + value)
    }
  if (document.querySelector('main')?.checkVisibility() !== true) found.push('nothing can be seen')
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id)
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push('two of id ' + id)
  return found
})()`
