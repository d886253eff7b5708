import { expect, test } from 'vitest'
import { hostIn } from '../../../../agent-container/diagnose/snapshot/log-failures.ts'

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
