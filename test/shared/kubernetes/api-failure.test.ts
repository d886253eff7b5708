import { expect, test } from 'vitest'
import { notReached } from '../../../shared/kubernetes/api-failure.ts'

const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })

test('a private AKS cluster whose name is not known here is called so: nothing is wrong with its API server', () => {
  const server = 'https://x-dns.0f1e.privatelink.westeurope.azmk8s.io:443'
  expect(notReached(server, 'the version', unknown, 5_000, false).message).toMatch(
    /private cluster, whose name cannot be resolved from here\. Link this network to its private DNS zone/,
  )
  expect(notReached('https://gone.example', 'the version', unknown, 5_000, false).message).toMatch(
    /its name cannot be resolved\. Check the server address/,
  )
})
