import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { artifactName } from '../../shared/artifacts/layout.ts'
import { Report } from '../../shared/artifacts/report.ts'
import { incidentPage } from '../../shared/report/page/incident-page.ts'
import { fullReport, prose } from '../shared/report/full-report.ts'
import { hostileProse, poisoned } from './attacks.ts'
import { openPage } from './browser.ts'
import { lookNames, looks, type Site, startSite } from './site.ts'
import { still } from './still.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site?.stop())

const publish = (html: string) => site.publish(artifactName('east.0123456789abcdef.1', 'index.html'), html)

describe('the page of an incident, over its own link', () => {
  test.each(lookNames)('%s: runs nothing, asks nobody else, says nothing, and anyone can read it', async (look) => {
    const url = await publish(await incidentPage(fullReport(), prose))
    const opened = await openPage(site.browser, url, looks[look], look === 'print')
    expect(await opened.page.locator('h1').textContent()).toBe('web has 1 of 3 replicas ready')
    await opened.picture(`incident-${look}`)
    await still(opened, url)
    await opened.close()
  })

  test.each(['light', 'phone'] as const)('%s: attacks in every field are text', async (look) => {
    const report = poisoned(Report, fullReport())
    const url = await publish(await incidentPage(report, hostileProse))
    const opened = await openPage(site.browser, url, looks[look])
    await opened.picture(`incident-hostile-${look}`)
    await still(opened, url)
    const text = await opened.page.locator('body').textContent()
    expect(text).toContain('<script>window.ran=1</script>')
    expect(text).toContain('&#60;script&#62;')
    expect(text).toContain('‹U+202E›gnp.exe‹U+0000›‹U+001B›[2J')
    expect(await opened.page.locator('a[href*="outside"]').count()).toBe(0)
    await opened.close()
  })

  test('a report without a verdict still says what there is', async () => {
    const bare = fullReport({ outcome: 'evidence-only', verdict: undefined, usage: undefined, permissions: undefined })
    const url = await publish(await incidentPage(bare))
    const opened = await openPage(site.browser, url)
    expect(await opened.page.locator('.card').textContent()).toContain('Not investigated')
    await opened.picture('incident-evidence-only')
    await still(opened, url)
    await opened.close()
  })

  test('with the address of the app known it leads to the list, to related incidents and to the question', async () => {
    const at = { id: 'x', at: '2026-01-12T10:00:00.000Z' }
    const said = fullReport({ feedback: [{ answer: 'partly', cause: '<b>Node</b>', comment: '', by: 'Ann', ...at }] })
    const url = await publish(
      await incidentPage(said, prose, {
        list: 'https://nightcrier.example/api/list',
        feedback: 'https://nightcrier.example/api/incidents/east.0123456789abcdef.1/feedback',
        incident: (id) => `https://nightcrier.example/api/incidents/${id}/report`,
      }),
    )
    const opened = await openPage(site.browser, url, looks.dark)
    expect(await opened.page.locator('#feedback').textContent()).toContain(
      'Partly right, says Ann; really: <b>Node</b>',
    )
    expect(await opened.page.locator('#feedback a').last().getAttribute('href')).toMatch(/feedback\?answer=wrong$/)
    expect(await opened.page.locator('#occurrences a').count()).toBe(2)
    await opened.picture('incident-feedback')
    await still(opened, url, 'nightcrier.example')
    await opened.close()
  })

  test('the keyboard alone opens a piece of evidence from the claim that cites it', async () => {
    const url = await publish(await incidentPage(fullReport(), prose))
    const { page, close } = await openPage(site.browser, url)
    const answer = page.locator('details.evidence pre').nth(1)
    expect(await answer.isVisible()).toBe(false)
    await page.locator('.card a.cite[href="#e2"]').focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => answer.isVisible()).toBe(true)
    expect(await answer.locator('mark').first().textContent()).toContain('no such file or directory')
    await close()
  })

  test('on paper nothing is folded away', async () => {
    const url = await publish(await incidentPage(fullReport(), prose))
    const { page, close } = await openPage(site.browser, url, looks.print, true)
    expect(
      await page
        .locator('details.evidence pre')
        .first()
        .evaluate((one) => one.checkVisibility({ contentVisibilityAuto: true }) && one.clientHeight > 0),
    ).toBe(true)
    await close()
  })

  test.each([
    '<script>window.ran=1</script>',
    '<p style="color:red">x</p>',
    '<p onclick="x()">x</p>',
    '<link rel="stylesheet" href="other.css">',
    '<p style-less class="soft">grey</p><h5>a level too deep</h5>',
    '<a href="javascript:x()">x</a>',
  ])('the check finds %s in a page that is not closed', async (planted) => {
    const html = (await incidentPage(fullReport())).replace(/default-src[^"]*/, '')
    const url = await publish(html.replace('</main>', `${planted}</main>`))
    const opened = await openPage(site.browser, url)
    await expect(still(opened, url)).rejects.toThrow()
    await opened.close()
  })
})
