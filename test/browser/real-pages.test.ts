import { afterAll, beforeAll, expect, test } from 'vitest'
import { artifactName } from '../../shared/artifacts/layout.ts'
import { askPage } from '../../shared/report/feedback/ask-form.ts'
import { mutePage } from '../../shared/report/feedback/mute-form.ts'
import { incidentPage } from '../../shared/report/page/incident-page.ts'
import { share } from '../run/share.ts'
import { realReports, shownScenarios } from '../shared/report/real-reports.ts'
import { incident } from '../shared/report/sample.ts'
import { openPage } from './browser.ts'
import { lookNames, looks, type Site, startSite } from './site.ts'
import { readable, still } from './still.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site?.stop())

/** Every report on a phone, and each in one other look, so that all looks see real words. */
const cases = shownScenarios.flatMap((name, at) => [
  { name, look: 'phone' as const },
  { name, look: lookNames[at % lookNames.length] ?? 'light' },
])

test.each(share(cases, 4))(
  'what the product writes of $name, $look: anyone can read it',
  { timeout: 120_000 },
  async ({ name, look }) => {
    const [report] = await realReports(name)
    const folder = report!.incident.incidentId
    const url = await site.publish(artifactName(folder, 'index.html'), await incidentPage(report!))
    const opened = await openPage(site.browser, url, looks[look], look === 'print')
    await opened.picture(`real-${name.replaceAll('/', '-')}-${look}`)
    // The command is on the first screen of a phone, wherever the report has one.
    if (look === 'phone' && report!.outcome !== 'none') {
      const command = await opened.page.locator('.card pre.command').first().boundingBox()
      expect((command?.y ?? 0) + (command?.height ?? 0)).toBeLessThan(844)
    }
    await still(opened, url)
    await opened.close()
  },
)

test.each(lookNames)('the form that mutes, %s: anyone can read and send it', { timeout: 60_000 }, async (look) => {
  const url = await site.publish(`mute-${look}.html`, await mutePage(incident(), { said: 'Muted.', ends: true }))
  const opened = await openPage(site.browser, url, looks[look], look === 'print')
  await opened.picture(`mute-${look}`)
  await readable(opened)
  expect(opened.requests).toEqual([url])
  expect(opened.noises).toEqual([])
  await opened.close()
})

test.each(lookNames)('the form that asks, %s: anyone can read and send it', { timeout: 60_000 }, async (look) => {
  const { cluster, owner, namespace } = incident()
  const question = { cluster, kind: owner.kind, namespace, name: owner.name, note: 'Slow since noon' }
  const said = { said: 'It is asked: the report comes in some minutes.', report: 'report' }
  const url = await site.publish(`ask-${look}.html`, await askPage(question, said))
  const opened = await openPage(site.browser, url, looks[look], look === 'print')
  await opened.picture(`ask-${look}`)
  await readable(opened)
  expect(opened.requests).toEqual([url])
  expect(opened.noises).toEqual([])
  await opened.page.getByLabel('Why you ask').press('Tab')
  expect(await opened.page.locator(':focus').textContent()).toBe('Investigate')
  await opened.close()
})
