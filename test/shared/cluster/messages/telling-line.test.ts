import { expect, test } from 'vitest'
import { failureMessages } from '../../../../shared/cluster/messages/failure-messages.ts'
import { tellingLine } from '../../../../shared/cluster/messages/telling-line.ts'

const telling = (...lines: string[]) => tellingLine(lines.toReversed(), (line) => line)

test.each<[string, string[], string]>([
  [
    'a heading is passed over for what it announces',
    ['Store Exception: ', 'all host(s) tried (tried: db:3333) - no available connection', 'stopped'],
    'all host(s) tried (tried: db:3333) - no available connection',
  ],
  ['a stack is no message', ['Error: no key', '    at main (/app/index.js:1:1)'], 'Error: no key'],
  ['the gravest comes before the last', ['panic: no key', 'failed to flush metrics'], 'panic: no key'],
  ['a quiet line with a grave word tells nothing', ['FATAL: no key', 'INFO aborting idle workers'], 'FATAL: no key'],
])('%s', (_, lines, expected) => {
  expect(telling(...lines)).toBe(expected)
})

test('where nothing is told, nothing is chosen', () => {
  expect(telling('started', 'serving on :8080')).toBeUndefined()
})

test('each message says which software it is of', () => {
  for (const { source } of failureMessages) expect(source).toMatch(/^[A-Za-z]/)
})
