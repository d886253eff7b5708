import { HtmlValidate } from 'html-validate'
import { expect, test } from 'vitest'
import { askPage } from '../../../shared/report/feedback/ask-form.ts'
import { feedbackPage } from '../../../shared/report/feedback/form.ts'
import { mutePage } from '../../../shared/report/feedback/mute-form.ts'
import { entryOf } from '../../../shared/report/index/entry.ts'
import { monthListPage } from '../../../shared/report/index/list-incident.ts'
import { boardPage } from '../../../shared/report/page/board-page.ts'
import { incidentPage } from '../../../shared/report/page/incident-page.ts'
import { messagePage } from '../../../shared/report/page/message-page.ts'
import { share } from '../../run/share.ts'
import { sampleBoard } from './page/sample-board.ts'
import { realReports, shownScenarios } from './real-reports.ts'

/** What the W3C's checker asks, and no taste. */
const validator = new HtmlValidate({ extends: ['html-validate:standard'] })
async function faultsIn(page: string): Promise<readonly string[]> {
  const { results } = await validator.validateString(page)
  return results.flatMap(({ messages }) => messages.map(({ line, ruleId, message }) => `${line} ${ruleId}: ${message}`))
}
const links = {
  list: 'list',
  feedback: 'feedback',
  mute: 'mute',
  incident: (id: string) => `r/${id}`,
  artifact: (file: string) => `f?file=${file}`,
}
const words = (page: string): readonly string[] =>
  page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .split(/\s+/)
    .filter((one) => one !== '')

test.each(share(shownScenarios, 4))(
  'the page of %s is right HTML, short, and says nothing twice',
  { timeout: 90_000 },
  async (name) => {
    for (const report of await realReports(name)) {
      const page = await incidentPage(report, undefined, links)
      expect(await faultsIn(page)).toEqual([])
      const { verdict } = report
      const shown = page.replaceAll(/<details.*?<\/details>/gs, '')
      // What is open to the eye is read in two minutes.
      expect(words(shown).length).toBeLessThan(600)
      const sentences = [
        ...(verdict?.rootCauses ?? []).map(({ summary }) => summary),
        ...(verdict?.remedies ?? []).map(({ title }) => title),
        verdict?.impact.summary ?? '',
      ].filter((one) => one.length > 30)
      const text = shown.replaceAll(/<[^>]*>/g, ' ')
      for (const one of sentences) expect(text.split(one).length - 1, one).toBeLessThanOrEqual(1)
      const card = /<section class="card.*?<\/section>/s.exec(page)?.[0] ?? ''
      if (report.outcome !== 'none') expect(card).toContain('kubectl --context sim ')
    }
  },
)

test('the other pages are right HTML, too', { timeout: 90_000 }, async () => {
  const reports = (await Promise.all(shownScenarios.slice(0, 4).map(realReports))).flat()
  const { incident } = reports[0]!
  const entries = reports.map((one) => entryOf({ ...one.incident, reportedAt: one.generatedAt }, one.headline))
  const filtered = () => 'list?state=now'
  const addresses = { incident: (id: string) => id, list: (page: string) => page, board: 'board', filtered }
  const month = entries[0]!.at.slice(0, 7)
  const pages = [
    await monthListPage(entries, month, 'newest', addresses),
    await monthListPage(entries, month, 'newest', { ...addresses, filtered: undefined as never }),
    await boardPage(sampleBoard()),
    await feedbackPage(
      incident,
      { version: 1, incidentId: incident.incidentId, entries: [] },
      { chosen: 'right', thanks: true },
    ),
    await mutePage(incident, { said: 'Muted.', ends: true }),
    await askPage(
      { cluster: 'east', kind: 'Pod', namespace: 'shop', name: 'api', note: '' },
      { said: 'Asked.', report: 'r' },
    ),
    await messagePage('No', 'This link opens nothing.'),
  ]
  for (const page of pages) expect(await faultsIn(page!)).toEqual([])
})
