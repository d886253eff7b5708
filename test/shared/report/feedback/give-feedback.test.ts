import { expect, test } from 'vitest'
import { Feedback } from '../../../../shared/artifacts/feedback.ts'
import { Report } from '../../../../shared/artifacts/report.ts'
import { composeReport } from '../../../../shared/report/bundle/compose.ts'
import { feedbackPage } from '../../../../shared/report/feedback/form.ts'
import { type FeedbackDeps, giveFeedback } from '../../../../shared/report/feedback/give-feedback.ts'
import { memoryBlobs } from '../../../fakes/memory-blobs.ts'
import { incident } from '../sample.ts'

const id = incident().incidentId
function setUp() {
  let now = Date.parse('2026-01-12T10:00:00Z')
  const blobs = memoryBlobs()
  const read = (file: string) => blobs.read(`${id}/${file}`, 1_000_000)
  const deps: FeedbackDeps = {
    read: () => read('feedback.json'),
    write: (_id, text, etag) =>
      blobs.write(`${id}/feedback.json`, text, etag === undefined ? { onlyIfNew: true } : { onlyIfEtag: etag }),
    readReport: async () => {
      const blob = await read('report.json')
      return blob === undefined ? undefined : Report.parse(JSON.parse(blob.text))
    },
    readInvestigation: async () => (await read('investigation.md'))?.text,
    writeArtifact: async (incidentId, file, content) => void (await blobs.write(`${incidentId}/${file}`, content)),
    clock: {
      now: () => {
        now += 1_000
        return new Date(now)
      },
      sleep: async () => {},
    },
    random: () => 0.5,
  }
  const give = (answer: Feedback['entries'][number]['answer'], rest = {}) =>
    giveFeedback(deps)(id, { answer, cause: '', comment: '', by: '', ...rest })
  return { give, deps, blobs, read }
}

test('what is said is kept, in its order', async () => {
  const { give, read } = setUp()
  await give('wrong', { by: 'Ada' })
  await give('right', { by: 'Bo', cause: 'Node//n1' })
  const kept = Feedback.parse(JSON.parse((await read('feedback.json'))?.text ?? ''))
  expect(kept.entries.map(({ answer, by }) => `${by} ${answer}`)).toEqual(['Ada wrong', 'Bo right'])
})

test('the same words twice are one entry', async () => {
  const { give } = setUp()
  await give('right')
  expect((await give('right')).entries).toHaveLength(1)
})

test('two people at the same moment are both heard', async () => {
  const { give, read } = setUp()
  await Promise.all(['Ada', 'Bo', 'Cy', 'Di'].map((by) => give('right', { by })))
  expect(Feedback.parse(JSON.parse((await read('feedback.json'))?.text ?? '')).entries).toHaveLength(4)
})

test('it stands in the report, which keeps everything else', async () => {
  const { give, deps, read } = setUp()
  const report = composeReport({
    incident: incident({ status: 'reported' }),
    result: { version: 1, incidentId: id, fence: 1, ended: 'completed' },
    read: undefined,
    problem: undefined,
    now: new Date('2026-01-12T09:41:08Z'),
  })
  await deps.writeArtifact(id, 'report.json', JSON.stringify(report))
  await give('partly', { comment: 'half of it' })
  const { feedback, ...rest } = Report.parse(JSON.parse((await read('report.json'))?.text ?? ''))
  expect(rest).toEqual(Report.parse(report))
  expect(feedback).toMatchObject([{ answer: 'partly', comment: 'half of it' }])
  expect((await read('index.html'))?.text).toContain('<html')
})

test('the page runs nothing, sends only to where it came from, and shows hostile words as words', async () => {
  const hostile = '"><script>alert(1)</script>'
  const feedback = Feedback.parse({
    version: 1,
    incidentId: id,
    entries: [{ id: 'a', at: '2026-01-12T10:00:00Z', answer: 'wrong', cause: hostile, comment: hostile, by: hostile }],
  })
  const page = await feedbackPage(incident({ rootCause: hostile }), feedback, { chosen: 'wrong', thanks: true })
  expect(page).not.toContain('<script')
  expect(page).toContain('form-action &#39;self&#39;')
  expect(page).toMatch(/value="wrong" required checked/)
  expect(page).toContain('<label for="cause">')
})
