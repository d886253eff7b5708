import { expect, test } from 'vitest'
import { composeReport } from '../../../../shared/report/bundle/compose.ts'
import { incidentPage } from '../../../../shared/report/page/incident-page.ts'
import { fullReport } from '../full-report.ts'
import { entry, evidence, incident, verdict } from '../sample.ts'

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)><style>*{display:none}</style>&lt;`
const poisoned = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    typeof inner === 'string' &&
    ['text', 'headline', 'summary', 'mechanism', 'title', 'command', 'output', 'quote', 'risk', 'name'].includes(key)
      ? `${inner} ${hostile}`
      : inner,
  ) as T

test('hostile text in every field comes out as text', async () => {
  const report = composeReport({
    incident: incident(),
    result: { version: 1, incidentId: incident().incidentId, fence: 1, ended: 'failed', reason: hostile },
    read: undefined,
    problem: hostile,
    now: new Date('2026-01-12T09:41:08Z'),
  })
  const page = await incidentPage(poisoned({ ...report, verdict: verdict(), evidence, injectionFlags: [hostile] }))
  expect(page).not.toMatch(/<script|<img/)
  expect(page.match(/<style>/g)).toHaveLength(1)
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).toMatch(/Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/)
})

test('a page of four hundred long answers stays below a megabyte', async () => {
  const one = entry('e1', `name: ${'x'.repeat(60_000)}`, { kind: 'Pod' })
  const many = Array.from({ length: 400 }, (_, index) => ({ ...one, id: `e${index + 1}` }))
  const page = await incidentPage(fullReport({ evidence: many }))
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
  expect(page).toContain('500 of 60006 characters shown here')
})

test('of contested causes the first glance shows each in full, and whose it is', async () => {
  const whole = verdict()
  const [first] = whole.rootCauses
  const other = { ...first!, by: 'model' as const, kind: 'Secret', name: 'db', summary: 'The password has expired.' }
  const page = await incidentPage(
    fullReport({
      outcome: 'contested',
      verdict: { ...whole, outcome: 'contested', rootCauses: [{ ...first!, by: 'rules' as const }, other] },
    }),
  )
  const card = page.slice(page.indexOf('id="top"'), page.indexOf('</section>'))
  const words = card.replace(/<[^>]+>/g, '')
  expect(words).toContain(`(the rules): ${first!.summary}`)
  expect(words).toContain('(the model): The password has expired.')
  // A change would be made on the word of one of them.
  expect(whole.remedies.some(({ changesState }) => changesState)).toBe(true)
  expect(words).not.toContain('CHANGES STATE')
  expect(words).toContain('Look at first')
  expect(page).toContain('Steps, once it is known which cause it is')
  for (const { title } of whole.remedies) expect(page.split(title).length - 1, title).toBe(1)
  expect(words).toContain('Seen for Secret/')
})
