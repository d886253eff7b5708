import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readHostJson } from '../../../../infra/local/host/host-json.ts'

const folder = mkdtempSync(join(tmpdir(), 'nightcrier-host-json-'))
afterAll(() => rmSync(folder, { recursive: true }))
const read = (content: object) => {
  writeFileSync(join(folder, 'host.json'), JSON.stringify(content))
  return readHostJson(folder)
}

test('what is not said is as on Flex Consumption', () => {
  expect(read({ version: '2.0' })).toMatchObject({
    functionTimeoutMs: 1_800_000,
    routePrefix: 'api',
    queues: {
      batchSize: 16,
      newBatchThreshold: 8,
      maxPollingInterval: 60_000,
      visibilityTimeout: 0,
      maxDequeueCount: 5,
    },
  })
})

test('time spans are read as .NET writes them', () => {
  const queues = { visibilityTimeout: '00:00:30', maxPollingInterval: '1.02:03:04' }
  expect(read({ functionTimeout: '01:00:00', extensions: { queues } })).toMatchObject({
    functionTimeoutMs: 3_600_000,
    queues: { visibilityTimeout: 30_000, maxPollingInterval: 93_784_000 },
  })
})

test('what the host would refuse is refused with its place', () => {
  expect(() => read({ extensions: { queues: { batchSize: 33 } } })).toThrow('extensions.queues.batchSize')
  expect(() => read({ functionTimeout: 'half an hour' })).toThrow('must be hh:mm:ss')
})

test('the app runs within what the product is built for', () => {
  const own = readHostJson(join(import.meta.dirname, '../../../..'))
  // The longest window a supervisor may be given is 1,500 s.
  expect(own.functionTimeoutMs).toBeGreaterThan(1_500_000)
  expect(own.queues.maxDequeueCount).toBe(5)
  expect(own.queues.messageEncoding).toBe('base64')
})
