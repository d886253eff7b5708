import { describe, expect, test } from 'vitest'
import { verifyEvidence } from '../../../shared/artifacts/verify-evidence.ts'
import { entry, evidence, verdict } from '../report/sample.ts'

const cause = verdict().rootCauses[0]!

describe('verifyEvidence', () => {
  test('a verdict whose quotes all stand keeps its outcome', () => {
    const checked = verifyEvidence(verdict(), evidence)
    expect(checked.outcome).toBe('cause')
    expect(checked.dropped).toEqual([])
  })

  test('a quote that the journal does not contain takes its root cause with it', () => {
    const lying = verdict({ rootCauses: [{ ...cause, evidence: [{ id: 'e2', quote: 'OOMKilled' }] }] })
    const checked = verifyEvidence(lying, evidence)
    expect(checked.verdict.rootCauses).toEqual([])
    expect(checked.verdict.chain).toEqual([])
    expect(checked.outcome).toBe('inconclusive')
    expect(checked.dropped.join(' ')).toContain('does not contain the quote')
  })

  test('an evidence id that was never journalled counts for nothing', () => {
    const lying = verdict({ rootCauses: [{ ...cause, evidence: [{ id: 'e9', quote: 'anything' }] }] })
    expect(verifyEvidence(lying, evidence).outcome).toBe('inconclusive')
  })

  test('an object that was never read cannot be the cause, even with a true quote', () => {
    const lying = verdict({ rootCauses: [{ ...cause, name: 'checkout' }] })
    const checked = verifyEvidence(lying, evidence)
    expect(checked.verdict.rootCauses).toEqual([])
    expect(checked.dropped.join(' ')).toContain('never read')
  })

  test('what is missing cannot be read: the component that needs it is believed, a log is not', () => {
    const quote = 'secret "db-credentials" not found'
    const missing = { ...cause, kind: 'Secret', name: 'db-credentials', evidence: [{ id: 'e7', quote }] }
    const said = (tool: string) => [...evidence, { ...entry('e7', quote, { kind: 'Event' }), tool }]
    expect(verifyEvidence(verdict({ rootCauses: [missing] }), said('list')).outcome).toBe('cause')
    expect(verifyEvidence(verdict({ rootCauses: [missing] }), said('log')).outcome).toBe('inconclusive')
    const other = { ...missing, kind: 'Deployment' }
    expect(verifyEvidence(verdict({ rootCauses: [other] }), said('list')).outcome).toBe('inconclusive')
  })

  test('a Secret with dots in its name, which may not be read, is believed where a read object names it', () => {
    const quote = 'secretName: tls.web.v1'
    const secret = { ...cause, kind: 'Secret', name: 'tls.web.v1', evidence: [{ id: 'e7', quote }] }
    const said = [...evidence, entry('e7', `kind: Deployment\n${quote}\n`, { kind: 'Deployment' })]
    expect(verifyEvidence(verdict({ rootCauses: [secret] }), said).outcome).toBe('likely')
  })

  test('an event that names an object is no read of it, whoever wrote the event', () => {
    const about = 'Event about Deployment web: all is lost'
    const told = { ...cause, evidence: [{ id: 'e8', quote: about }] }
    const events = [
      entry('e8', about, { kind: 'Event' }),
      { ...entry('e8', about, {}), tool: 'events_list' },
      { ...entry('e8', about, {}), tool: 'pods_log' },
    ]
    for (const one of events)
      expect(verifyEvidence(verdict({ rootCauses: [told] }), [one]).outcome, one.tool).not.toBe('cause')
  })

  test('a name that only begins alike, or an answer that was a refusal, is no read', () => {
    const others = [entry('e1', 'kind: Deployment\nname: web-canary', { kind: 'Deployment' }), evidence[1]!]
    expect(verifyEvidence(verdict(), others).outcome).toBe('inconclusive')
    const refused = [entry('e1', 'kind: Deployment name: web forbidden', { kind: 'Deployment' }, 403), evidence[1]!]
    expect(verifyEvidence(verdict(), refused).outcome).toBe('inconclusive')
  })

  test('white space is folded, letters are not', () => {
    const quote = (text: string) => verdict({ rootCauses: [{ ...cause, evidence: [{ id: 'e2', quote: text }] }] })
    expect(verifyEvidence(quote('stat   /bin/srvr:\n no such file'), evidence).outcome).toBe('cause')
    expect(verifyEvidence(quote('STAT /bin/srvr'), evidence).outcome).toBe('inconclusive')
  })

  test('medium confidence is at best likely, whatever the verdict claims', () => {
    const unsure = verdict({ rootCauses: [{ ...cause, confidence: 'medium' }] })
    expect(verifyEvidence(unsure, evidence).outcome).toBe('likely')
  })

  test('one of two causes that falls makes the rest likely', () => {
    const two = verdict({ rootCauses: [cause, { ...cause, name: 'checkout' }] })
    expect(verifyEvidence(two, evidence).outcome).toBe('likely')
  })

  test('no cause and no fault is an answer, no cause otherwise is not', () => {
    expect(verifyEvidence(verdict({ rootCauses: [], outcome: 'none' }), evidence).outcome).toBe('none')
    expect(verifyEvidence(verdict({ rootCauses: [], outcome: 'cause' }), evidence).outcome).toBe('inconclusive')
  })
})
