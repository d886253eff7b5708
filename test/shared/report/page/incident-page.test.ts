import { expect, test } from 'vitest'
import { composeReport } from '../../../../shared/report/compose.ts'
import { incidentPage } from '../../../../shared/report/page/incident-page.ts'
import { evidence, incident, verdict } from '../sample.ts'

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
