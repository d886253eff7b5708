import { expect, test } from 'vitest'
import { incidentNotice } from '../../../shared/notify/compose-notice.ts'
import { fullReport } from '../report/full-report.ts'
import { incident, verdict } from '../report/sample.ts'

const links = { report: undefined, feedback: undefined }

test('a message of contested causes tells both, and offers no change on the word of one', () => {
  const whole = verdict()
  const [first] = whole.rootCauses
  const other = { ...first!, by: 'model' as const, summary: 'The password has expired.', class: 'ExpiredPassword' }
  const looks = { ...whole.remedies[0]!, title: 'Look at its Secret', changesState: false }
  const rootCauses = [{ ...first!, by: 'rules' as const }, other]
  const contested = { ...whole, outcome: 'contested' as const, rootCauses, remedies: [...whole.remedies, looks] }
  const report = fullReport({ outcome: 'contested', verdict: contested })
  const notice = incidentNotice('reported', incident({ status: 'reported' }), report, links)
  expect(notice.cause).toContain(`Rules: ${first!.class}`)
  expect(notice.cause).toContain('says the model: ExpiredPassword')
  expect(notice.actions.map(({ title }) => title)).toEqual(['Look at its Secret'])
  const settled = fullReport({ verdict: { ...contested, outcome: 'cause', rootCauses: [first!] } })
  const plain = incidentNotice('reported', incident({ status: 'reported' }), settled, links)
  expect(plain.actions[0]?.title).toBe(whole.remedies[0]?.title)
})
