import { expect, onTestFinished, test, vi } from 'vitest'
import { rancherClusters } from '../../../../shared/mcp-server/sources/rancher-clusters.ts'
import { rancherHttp } from '../../../../shared/mcp-server/sources/rancher-http.ts'
import { startForwardProxy } from '../../../fakes/forward-proxy.ts'
import { startRancher } from '../../../fakes/rancher.ts'
import { startReceiver } from '../../../fakes/receiver.ts'

const signal = () => AbortSignal.timeout(5_000)

test('a Rancher is asked through the proxy of the surroundings, page for page', async () => {
  const clusters = Array.from({ length: 5 }, (_, at) => ({ id: `c-m-${at}`, name: `prod-${at}` }))
  const rancher = await startRancher({ clusters, pageSize: 2 })
  onTestFinished(rancher.stop)
  const proxy = await startForwardProxy(Number(new URL(rancher.url).port))
  onTestFinished(proxy.stop)
  vi.stubEnv('HTTP_PROXY', proxy.url)
  onTestFinished(() => void vi.unstubAllEnvs())
  const url = 'http://rancher.invalid'
  const http = rancherHttp({ url, token: async () => rancher.state.token, insecure: false })
  onTestFinished(http.close)
  expect(await rancherClusters(url, http, signal())).toHaveLength(5)
  expect(proxy.asked[0]).toMatch(/rancher\.invalid/)
})

test('one that leads elsewhere is told so: later would be no better, and the token goes nowhere', async () => {
  const elsewhere = await startReceiver()
  const rancher = await startReceiver(() => ({ status: 302, headers: { location: elsewhere.url } }))
  for (const one of [elsewhere, rancher]) onTestFinished(one.stop)
  const http = rancherHttp({ url: rancher.url, token: async () => 'token-abc:not-real', insecure: false })
  onTestFinished(http.close)
  await expect(rancherClusters(rancher.url, http, signal())).rejects.toThrow(/\(302\): it leads elsewhere.*rancher_url/)
  expect(elsewhere.received).toEqual([])
})

test('a link that leads to no page is no end of the list', async () => {
  const data = [{ id: 'c-1', name: 'c-1', state: 'active' }]
  const rancher = await startReceiver(() => ({ status: 200, body: { data, pagination: { next: 'more' } } }))
  onTestFinished(rancher.stop)
  const http = rancherHttp({ url: rancher.url, token: async () => 't', insecure: false })
  onTestFinished(http.close)
  await expect(rancherClusters(rancher.url, http, signal())).rejects.toThrow('leads to more, which is no page')
})

/** As a Rancher behind a TLS balancer, or one with another idea of itself, names its next page. */
test.each(['http://rancher.cattle-system:80', 'http://foreign.example', ''])(
  'the next page is asked where the first was, whatever host its link names (%s)',
  async (host) => {
    const page = (names: readonly string[], next?: string) => ({
      status: 200,
      body: { data: names.map((id) => ({ id, name: id, state: 'active' })), pagination: { next } },
    })
    const asked: string[] = []
    const rancher = await startReceiver(({ path }) => {
      asked.push(path)
      return path.includes('marker') ? page(['c-2']) : page(['c-1'], `${host}/v3/clusters?limit=500&marker=c-1`)
    })
    onTestFinished(rancher.stop)
    const http = rancherHttp({ url: rancher.url, token: async () => 't', insecure: false })
    onTestFinished(http.close)
    expect(await rancherClusters(rancher.url, http, signal())).toHaveLength(2)
    expect(asked).toEqual(['/v3/clusters?limit=500', '/v3/clusters?limit=500&marker=c-1'])
  },
)
