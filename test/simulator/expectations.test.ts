import { expect, test } from 'vitest'
import { type Finding, unmet } from './expectations.ts'
import { Expect } from './scenario.ts'

const narwhal = { kind: 'Deployment', namespace: 'orchard', name: 'giant-narwhal', class: 'BadCommand' }
const node = { kind: 'Node', namespace: '', name: 'n1', class: 'NodeNotReady' }
const found = (rootCauses: Finding['rootCauses'], outcome = 'cause', text = ''): Finding => ({
  rootCauses,
  outcome,
  text,
  incidents: 1,
})
const judge = (expected: object, finding: Finding) => unmet(Expect.parse(expected), finding)

test('the right object and the right mechanism are right, however the mechanism is written', () => {
  expect(judge({ rootCause: narwhal }, found([narwhal]))).toEqual([])
  expect(judge({ rootCause: { ...narwhal, class: 'bad command' } }, found([narwhal]))).toEqual([])
  expect(judge({ rootCause: { ...narwhal, class: 'command-not-found' } }, found([narwhal], 'likely'))).toEqual([])
})

test.each<[object, Finding, string]>([
  [{ rootCause: narwhal }, found([], 'likely'), 'does not find Deployment/orchard/giant-narwhal BadCommand'],
  [
    { rootCause: narwhal },
    found([{ ...narwhal, class: 'ImageNotFound' }]),
    'calls the cause in Deployment/orchard/giant-narwhal ImageNotFound in place of BadCommand',
  ],
  [{ rootCause: narwhal }, found([narwhal, node]), 'blames Node//n1 NodeNotReady, which is not to blame'],
  [{ rootCauses: [narwhal, node] }, found([narwhal]), 'does not find Node//n1 NodeNotReady'],
  [{ rootCause: null }, found([node]), 'blames Node//n1 NodeNotReady, and nothing is broken'],
  [{ mustNotBlame: ['Node//n1'] }, found([node]), 'blames Node//n1, which it must not'],
  [{ rootCause: narwhal }, found([narwhal], 'inconclusive'), 'comes out as inconclusive in place of cause or likely'],
  [{ rootCause: null, outcome: 'none' }, found([], 'inconclusive'), 'comes out as inconclusive in place of none'],
  [{ mustMention: ['64Mi'] }, found([], 'none', 'limit 128Mi'), 'does not mention 64Mi'],
  [{ mustMention: ['/kubelet STOPPED/'] }, found([], 'none', 'Kubelet stopped'), 'does not mention /kubelet STOPPED/'],
])('a wrong answer is told in words: %j', (expected, finding, sentence) => {
  expect(judge(expected, finding)).toContain(sentence)
})

test('texts are found whatever their case and line breaks, patterns as they say, and a path is a text', () => {
  const text = 'exec: "/usr/local/bin/ledgerd":\n no such file'
  const mustMention = ['/usr/local/bin/ledgerd', '/NO\\s+SUCH/i', 'ledgerd": no such']
  expect(judge({ mustMention }, found([], 'none', text))).toEqual([])
})
