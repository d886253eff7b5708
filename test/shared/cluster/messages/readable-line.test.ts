import { expect, test } from 'vitest'
import { readableLine } from '../../../../shared/cluster/messages/readable-line.ts'

test.each<[string, string, string]>([
  [
    'JSON',
    '{"level":"error","ts":1.7,"caller":"main.go:42","msg":"open /etc/a: no such file"}',
    'open /etc/a: no such file',
  ],
  [
    'JSON with an error beside it',
    '{"severity":"ERROR","message":"dial failed","error":"connection refused"}',
    'dial failed: connection refused',
  ],
  [
    'JSON with an error that is an object',
    '{"level":50,"msg":"boom","err":{"type":"Error","message":"ECONNREFUSED"}}',
    'boom: ECONNREFUSED',
  ],
  [
    'JSON with the far end in a field',
    '{"level":"error","msg":"connection refused","addr":"db:5432"}',
    'connection refused (host: db:5432)',
  ],
  ['JSON of Rust', '{"level":"ERROR","fields":{"message":"no key"},"target":"app::keys"}', 'no key (host: app::keys)'],
  ['JSON of Docker', '{"log":"FATAL: no key\\n","stream":"stderr","time":"2026-01-12T09:41:00Z"}', 'FATAL: no key'],
  ['logfmt', 'time=2026-01-12T09:41:00Z level=error msg="no \\"key\\"" err="not found"', 'no "key": not found'],
  ['CRI', '2026-01-12T09:41:00.123456789Z stderr F FATAL: no key', 'FATAL: no key'],
  ['CRI around JSON', '2026-01-12T09:41:00Z stdout F {"level":"fatal","msg":"no key"}', 'no key'],
  ['colours', '\u001b[31mERROR\u001b[0m no key', 'ERROR no key'],
  [
    'carriage returns',
    '10%\r50%\rcurl: (6) Could not resolve host: a.example',
    'curl: (6) Could not resolve host: a.example',
  ],
  [
    'a meter',
    '  0     0    0     0 --:--:-- --:--:-- --:--:--     0curl: (6) Could not resolve host: a.example',
    'curl: (6) Could not resolve host: a.example',
  ],
])('%s is read as what the program says', (_, line, said) => {
  expect(readableLine(line)).toBe(said)
})

test.each([
  '{"level":"info","msg":"no error was found"}',
  '{"level":30,"msg":"0 failed"}',
  'time=1 level=debug msg="error budget is 3"',
  'listening on port=8080',
  '{ "half": ',
  "2026-05-14 19:27:01,123 ERROR loader.py:42 FileNotFoundError: [Errno 2] No such file: '/etc/app'",
])('%s stays as it is', (line) => {
  expect(readableLine(line)).toBe(line)
})
