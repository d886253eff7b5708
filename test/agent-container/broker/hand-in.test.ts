import { expect, test } from 'vitest'
import { openHandIn } from '../../../agent-container/broker/hand-in.ts'
import type { EvidenceEntry } from '../../../shared/artifacts/evidence.ts'

const entry: EvidenceEntry = {
  id: 'e1',
  at: '2026-01-12T09:41:00.000Z',
  tool: 'resources_get',
  cluster: 'sim',
  arguments: {},
  status: 200,
  truncated: false,
  milliseconds: 100,
  sha256: 'a'.repeat(64),
  bytes: 70,
  output: 'kind: Deployment\nmetadata:\n  name: web\nstatus:\n  readyReplicas: 0\n',
}
const holds = [{ id: 'e1', quote: 'readyReplicas: 0' }]
const cause = { kind: 'Deployment', namespace: 'shop', name: 'web', class: 'X', summary: 's', mechanism: 'm' }
const verdict = {
  headline: 'h',
  outcome: 'likely',
  rootCauses: [{ ...cause, confidence: 'high', evidence: holds }],
  facts: [
    ...['one', 'two', 'three', 'four'].map((text) => ({ text, evidence: holds })),
    { text: 'five', evidence: [{ id: 'e1', quote: 'readyReplicas: 3' }] },
  ],
  remedies: [{ title: 'a' }, { title: 'b' }],
  gaps: [{ what: 'g' }],
}

test('a second try that mends one thing and leaves out the rest takes nothing away that held', () => {
  const hand = openHandIn({ entries: () => [entry], rules: undefined, model: 'm' })
  expect(hand.submit(verdict)).toMatch(/^Not yet: these parts would fall/)
  const again = { ...verdict, facts: [{ text: 'five, mended', evidence: holds }], remedies: '', gaps: [] }
  expect(hand.submit(again)).toMatch(/^Accepted/)
  const result = hand.result()
  expect(result?.facts.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four', 'five, mended'])
  expect(result?.remedies).toHaveLength(2)
  expect(result?.gaps).toHaveLength(1)
})
