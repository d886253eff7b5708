import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Entry } from '../../shared/report/index/entry.ts'
import { type ListDeps, listIncident, monthListPage } from '../../shared/report/index/list-incident.ts'
import type { Addresses } from '../../shared/report/index/list-page.ts'
import { monthBlob } from '../../shared/report/index/month.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { entries } from '../shared/report/index/entries.ts'
import { poisoned } from './attacks.ts'
import { openPage } from './browser.ts'
import { lookNames, looks, type Site, startSite } from './site.ts'
import { still } from './still.ts'

const addresses: Addresses = {
  incident: (id) => `${encodeURIComponent(id)}/index.html`,
  list: (page) => page,
  board: 'board.html',
}
let site: Site
let deps: ListDeps
beforeAll(async () => {
  site = await startSite()
  deps = { blobs: site.blobs, addresses, clock: systemClock, random: Math.random }
  const [newest, ...older] = entries(45, { minutes: 900 })
  const months = Map.groupBy(older, ({ at }) => at.slice(0, 7))
  for (const [month, some] of months)
    await site.blobs.write(monthBlob(month), JSON.stringify({ version: 1, entries: some }))
  await listIncident(deps)(newest!)
})
afterAll(() => site?.stop())

describe('the list of incidents, over its own link', () => {
  test.each(lookNames)('%s: runs nothing, asks nobody else, says nothing, and anyone can read it', async (look) => {
    const url = await site.link('index.html')
    const opened = await openPage(site.browser, url, looks[look], look === 'print')
    expect(await opened.page.locator('tbody tr[class]').count()).toBe(45)
    await opened.picture(`list-${look}`)
    await still(opened, url)
    await opened.close()
  })

  test('attacks in every field are text', async () => {
    const hostile = poisoned(z.array(Entry), entries(13))
    const url = await site.publish('hostile.html', (await monthListPage(hostile, '2026-01', 'newest', addresses))!)
    const opened = await openPage(site.browser, url)
    await opened.picture('list-hostile')
    await still(opened, url)
    expect(await opened.page.locator('table.incidents').textContent()).toContain('<script>window.ran=1</script>')
    await opened.close()
  })

  test.each(['641', '768', '900'] as const)('at %s pixels the incident has most of the line', async (look) => {
    const { page, close } = await openPage(site.browser, await site.link('index.html'), looks[look])
    const cell = await page.locator('table.incidents tbody tr[class] td:nth-child(2)').first().boundingBox()
    expect(cell?.width).toBeGreaterThan(Number(look) * 0.6)
    await close()
  })

  test('200 rows are printed on at most 20 pages of A4', { timeout: 90_000 }, async () => {
    const page = await monthListPage(entries(200), '2026-01', 'newest', addresses)
    const opened = await openPage(site.browser, await site.publish('paper.html', page!))
    const paper = (await opened.page.pdf({ format: 'A4' })).toString('latin1')
    expect(paper.match(/\/Type\s*\/Page\b(?!s)/g)?.length).toBeLessThanOrEqual(20)
    await opened.close()
  })

  test('the keyboard alone leaves only what is failed and critical', async () => {
    const { page, close } = await openPage(site.browser, await site.link('index.html'))
    const rows = page.locator('table.incidents tbody tr:visible')
    await page.locator('#s-any').focus()
    while (!(await page.locator('#s-failed').isChecked())) await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#v-critical').isChecked()).toBe(true)
    const seen = await rows.evaluateAll((all) => all.map((one) => one.className.split(' ').slice(0, 2).join(' ')))
    expect(seen.length).toBeGreaterThan(1)
    expect(new Set(seen)).toEqual(new Set(['s-failed v-critical']))
    await close()
  })

  test('reports that end at once all stand on the page that is opened next', async () => {
    const late = entries(6).map((one, index) => ({
      ...one,
      id: `late-${index}.aaaaaaaaaaaaaaaa.1`,
      secondsToReport: 4,
    }))
    await Promise.all(late.map(listIncident(deps)))
    const { page, close } = await openPage(site.browser, await site.link('index.html'))
    for (const { id } of late) expect(await page.locator(`a[href^="${id}"]`).count()).toBe(1)
    await close()
  })
})
