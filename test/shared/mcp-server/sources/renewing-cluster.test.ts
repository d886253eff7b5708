import { expect, test } from 'vitest'
import { type ClusterApi, ClusterApiError } from '../../../../shared/kubernetes/cluster-api.ts'
import { renewingCluster } from '../../../../shared/mcp-server/sources/renewing-cluster.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'

/** A cluster whose credentials go wrong from the second call on, until it is opened as often as `goodFrom` says. */
function rotating(error: ClusterApiError, goodFrom: number) {
  let [opens, calls] = [0, 0]
  const cluster = renewingCluster(
    'https://x',
    async () => {
      opens += 1
      const mine = opens
      const version: ClusterApi['version'] = async () => {
        calls += 1
        if (calls > 1 && mine < goodFrom) throw error
        return `v${mine}`
      }
      return { version, close: async () => undefined } as Awaited<ReturnType<Parameters<typeof renewingCluster>[1]>>
    },
    { clock: systemClock, youngMs: 0 },
  )
  return { cluster, opens: () => opens }
}
const refusals = [
  ['its token is refused', new ClusterApiError('https://x does not accept the credential (401).', 401, 'Unauthorized')],
  ['its CA is another', new ClusterApiError('https://x did not answer: its certificate is not trusted.', 0, 'Tls')],
] as const

test.each(refusals)(
  'when %s the credentials are fetched anew at once, and the call is made again',
  async (_, error) => {
    const { cluster, opens } = rotating(error, 2)
    expect(await cluster.version()).toBe('v1')
    expect(await cluster.version()).toBe('v2')
    expect(await cluster.version()).toBe('v2')
    expect(opens()).toBe(2)
    await cluster.close()
  },
)

test.each(refusals)('when %s also with new ones, that is said after one more try', async (_, error) => {
  const { cluster, opens } = rotating(error, 99)
  await cluster.version()
  await expect(cluster.version()).rejects.toThrow(error.message)
  expect(opens()).toBe(2)
  await cluster.close()
})
