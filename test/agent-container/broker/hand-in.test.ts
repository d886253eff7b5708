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
  expect(result?.facts.map(({ text }) => text)).toEqual(['five, mended', 'one', 'two', 'three', 'four'])
  expect(result?.remedies).toHaveLength(2)
  expect(result?.gaps).toHaveLength(1)
})

test('a fact that is put right takes the place of the wrong one, and the newest are not the ones that are cut', () => {
  const lines = Array.from({ length: 62 }, (_, index) => `line ${index} of it`)
  const long = { ...entry, output: `${lines.join('\n')}\n${entry.output}` }
  const hand = openHandIn({ entries: () => [long], rules: undefined, model: 'm' })
  const fact = (text: string, at: number) => ({ text, evidence: [{ id: 'e1', quote: `line ${at} of it` }] })
  const wrong = { text: 'none', evidence: [{ id: 'e1', quote: 'readyReplicas: 3' }] }
  hand.submit({ ...verdict, facts: [...Array.from({ length: 59 }, (_, at) => fact(`fact ${at}`, at)), wrong] })
  expect(hand.submit({ ...verdict, facts: [fact('put right', 5), fact('new', 60), fact('new, too', 61)] })).toMatch(
    /^Accepted/,
  )
  const texts = hand.result()?.facts.map(({ text }) => text) ?? []
  expect(texts).toHaveLength(60)
  expect(texts.slice(0, 3)).toEqual(['put right', 'new', 'new, too'])
  expect(texts).not.toContain('fact 5')
})

test('the cause of another incident is taken whatever form its name comes in, and not after a verdict', () => {
  const about = 'CrashLoop of Deployment shop/cart'
  const firstSeen = '2026-01-12T09:41:00Z'
  const others = [
    { incidentId: 'a', about, firstSeen, cause: { kind: 'ConfigMap', namespace: 'shop', name: 'web', class: 'X' } },
  ]
  const hand = openHandIn({ entries: () => [entry], rules: undefined, model: 'm', others })
  const said = { incident: ' I1 ', evidence: holds, mechanism: 'm' }
  expect(hand.sameAs(`\`\`\`json\n${JSON.stringify(said)}\n\`\`\``)).not.toMatch(/no other incident/)
  const done = openHandIn({ entries: () => [entry], rules: undefined, model: 'm', others })
  expect(done.submit({ ...verdict, facts: [] })).toMatch(/^Accepted/)
  expect(done.sameAs({ incident: 'i9' })).toMatch(/^Accepted already/)
})
