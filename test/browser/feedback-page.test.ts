import { afterAll, beforeAll, expect, test } from 'vitest'
import { feedbackPage } from '../../shared/report/feedback/form.ts'
import { at, incident } from '../shared/report/sample.ts'
import { openPage } from './browser.ts'
import { lookNames, looks, type Site, startSite } from './site.ts'
import { readable } from './still.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site?.stop())

const said = {
  version: 1,
  incidentId: 'east.0123456789abcdef.1',
  entries: [{ id: 'f1', at, answer: 'wrong', cause: '<b>Node</b>', comment: 'x', by: 'Ann' }],
} as const

test.each(lookNames)('the question whether a report was right, %s: anyone can read and answer it', async (look) => {
  const page = await feedbackPage(
    incident(),
    { ...said, entries: [...said.entries] },
    { chosen: 'partly', thanks: true },
  )
  const url = await site.publish(`feedback-${look}.html`, page)
  const opened = await openPage(site.browser, url, looks[look], look === 'print')
  await opened.picture(`feedback-${look}`)
  await readable(opened)
  expect(await opened.page.locator('#partly').isChecked()).toBe(true)
  expect(await opened.page.locator('main').textContent()).toContain('really: <b>Node</b>')
  expect(opened.requests).toEqual([url])
  expect(opened.noises).toEqual([])
  await opened.close()
})
