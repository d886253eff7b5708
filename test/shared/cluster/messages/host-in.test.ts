import { expect, test } from 'vitest'
import { failureIn } from '../../../../shared/cluster/messages/failure-messages.ts'
import { hostAround, hostIn } from '../../../../shared/cluster/messages/host-in.ts'

test.each([
  ['dial tcp 10.96.4.4:5432: connect: connection refused', 'refused', '10.96.4.4', 5432],
  ['read tcp 10.1.0.7:41234->10.96.4.4:6379: i/o timeout', 'timeout', '10.96.4.4', 6379],
  ['2026-01-12 09:41:00 ERROR redis:6379: connection refused', 'refused', 'redis', 6379],
  ['Error: connect ECONNREFUSED http://api.shop.svc:80/health', 'refused', 'api.shop.svc', 80],
  ['lookup ledger on 10.96.0.10:53: no such host', 'no-host', 'ledger', undefined],
  ['getaddrinfo ENOTFOUND orders.shop.svc.cluster.local', 'no-host', 'orders.shop.svc.cluster.local', undefined],
  [
    'could not translate host name "postgress" to address: Name or service not known',
    'no-host',
    'postgress',
    undefined,
  ],
  ['java.net.UnknownHostException: billing', 'no-host', 'billing', undefined],
  ["nslookup: can't resolve 'ledger'", 'no-host', 'ledger', undefined],
] as const)('%s', (line, kind, host, port) => {
  expect(hostIn(line, kind)).toEqual({ host, port })
})

test.each([
  "ERROR loader.py:42 FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/settings.yaml'",
  'main.go:42 could not resolve placeholder "db.url"',
  'webpack: Failed to resolve module ./router.ts:12',
  'worker stopped after 4015 items',
])('%s speaks of no call', (line) => {
  expect(failureIn(line)).toBeUndefined()
})

test.each(['loader.py:42', 'main.go:42', 'Server.java:118', 'index.ts:10'])('%s is a place in a source', (place) => {
  expect(hostIn(`${place} dial failed: connection refused`, 'refused').host).not.toContain(place.split(':')[0])
})

test('the far end may stand on the line after the one that says what failed, or on the one before', () => {
  const refusal = 'Connection attempt 1 failed: java.net.ConnectException: Connection refused'
  expect(hostAround([refusal, 'Target host: books-db, port: 4455'], 0, 'refused')).toEqual({
    host: 'books-db',
    port: 4455,
  })
  expect(hostAround(['connecting to redis://cache:6379/0', refusal], 1, 'refused')).toEqual({
    host: 'cache',
    port: 6379,
  })
  expect(hostAround(['started', refusal, 'Pool is empty'], 1, 'refused').host).toBe('')
})
