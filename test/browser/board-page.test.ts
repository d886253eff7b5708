import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { boardPage } from '../../shared/report/page/board-page.ts'
import { sampleBoard } from '../shared/report/page/sample-board.ts'
import { poisoned } from './attacks.ts'
import { openPage } from './browser.ts'
import { lookNames, looks, type Site, startSite } from './site.ts'
import { still } from './still.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site?.stop())

describe('the board of clusters, over a link', () => {
  test.each(lookNames)('%s: runs nothing, asks nobody else, says nothing, and anyone can read it', async (look) => {
    const url = await site.publish('board.html', await boardPage(sampleBoard()))
    const opened = await openPage(site.browser, url, looks[look], look === 'print')
    expect(await opened.page.locator('table.clusters tbody tr:not(.more)').count()).toBe(6)
    await opened.picture(`board-${look}`)
    await still(opened, url)
    await opened.close()
  })

  test('clusters that nobody hears come first', async () => {
    const url = await site.publish('board.html', await boardPage(sampleBoard()))
    const { page, close } = await openPage(site.browser, url)
    const names = await page.locator('table.clusters tbody th').allTextContents()
    expect(names.map((name) => name.split(' ')[0])).toEqual(['lab', 'west', 'east', 'prod-0', 'prod-1', 'prod-2'])
    await close()
  })

  test('attacks in every field are text', async () => {
    const board = sampleBoard()
    const Loose = z.custom<typeof board.clusters>(
      (value) =>
        // Times and words of a closed set come from ourselves.
        JSON.stringify(value).match(/"(last_event|statusSince|validated_at|status)":"[^"]*[<&\u202e]/) === null,
    )
    const url = await site.publish(
      'board.html',
      await boardPage({
        ...board,
        clusters: poisoned(Loose, board.clusters),
        configErrors: ['<script>window.ran=1</script>'],
      }),
    )
    const opened = await openPage(site.browser, url)
    await opened.picture('board-hostile')
    await still(opened, url)
    expect(await opened.page.locator('.alarm').textContent()).toContain('<script>')
    await opened.close()
  })

  test('103 clusters are seen in less than 3,000 pixels', async () => {
    const url = await site.publish('board.html', await boardPage(sampleBoard(100)))
    const { page, close } = await openPage(site.browser, url)
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(3_000)
    await close()
  })

  test('a thousand clusters are pages of at most 300 kB', async () => {
    const page = await boardPage(sampleBoard(1_000))
    expect(Buffer.byteLength(page)).toBeLessThan(300_000)
    expect(page).toContain('href="?page=6"')
  })
})
