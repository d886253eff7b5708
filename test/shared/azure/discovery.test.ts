import { expect, onTestFinished, test } from 'vitest'
import { markedClusters } from '../../../shared/azure/discovery.ts'
import { entra, tokenFor } from '../../fakes/entra.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'
import { type Answer, loopbackServer } from '../../fakes/loopback-server.ts'

const ORIGIN = 'https://management.azure.com'
const row = (name: string, tags: Record<string, string> | null) => ({
  id: `/subscriptions/s/${name}`,
  name,
  location: 'westeurope',
  tags,
})

/** Azure Resource Graph with pages of two, as strict about its words as the service. */
async function graph(rows: readonly object[]) {
  const service = await loopbackServer(({ method, path, headers, body }): Answer => {
    if (headers.authorization !== `Bearer ${tokenFor(`${ORIGIN}/.default`)}`) return { status: 401 }
    if (method !== 'POST' || path !== '/providers/Microsoft.ResourceGraph/resources') return { status: 404 }
    const { options } = JSON.parse(body)
    const from = Number(options.$skipToken ?? 0)
    const data = rows.slice(from, from + 2)
    const more = from + 2 < rows.length
    return {
      status: 200,
      body: {
        totalRecords: rows.length,
        count: data.length,
        resultTruncated: 'false',
        facets: [],
        data,
        ...(more ? { $skipToken: String(from + 2) } : {}),
      },
    }
  })
  onTestFinished(service.stop)
  return service
}

test('every page is read, with the identity of the app, in the given subscriptions only', async () => {
  const service = await graph([row('a', { nightcrier: 'watch' }), row('b', null), row('c', { team: 'x' })])
  const found = await markedClusters({
    subscriptions: ['s1', 's2'],
    credential: entra(),
    httpClient: loopbackHttpClient(ORIGIN, service.url),
  })
  expect(found.map(({ name, tags }) => [name, tags])).toEqual([
    ['a', { nightcrier: 'watch' }],
    ['b', {}],
    ['c', { team: 'x' }],
  ])
  expect(service.seen).toHaveLength(2)
  const { subscriptions, query } = JSON.parse(service.seen[0]!.body)
  expect(subscriptions).toEqual(['s1', 's2'])
  expect(query).toContain("tags['nightcrier'] =~ 'watch'")
})

test('an answer of another shape is refused, not taken for clusters', async () => {
  const service = await graph([{ id: 1 }])
  const place = { subscriptions: ['s'], credential: entra(), httpClient: loopbackHttpClient(ORIGIN, service.url) }
  await expect(markedClusters(place)).rejects.toThrow()
})

test('a cluster that is stopped or being made says so', async () => {
  const service = await graph([
    { ...row('a', { nightcrier: 'watch' }), power: 'Stopped', provisioning: 'Succeeded' },
    { ...row('b', { nightcrier: 'watch' }), power: 'Running', provisioning: 'Creating' },
    { ...row('c', { nightcrier: 'watch' }), power: 'Running', provisioning: 'Updating' },
  ])
  const place = { subscriptions: ['s'], credential: entra(), httpClient: loopbackHttpClient(ORIGIN, service.url) }
  expect((await markedClusters(place)).map(({ heldBack }) => heldBack)).toEqual(['stopped', 'creating', undefined])
})

test.each([
  ['no token for the rest', {}],
  ['the same token again', { $skipToken: '0' }],
])('half a list is no list: %s', async (_, more) => {
  const rows = [row('a', null), row('b', null)]
  const service = await loopbackServer(() => ({
    status: 200,
    body: { totalRecords: 5, count: 2, resultTruncated: 'true', facets: [], data: rows, ...more },
  }))
  onTestFinished(service.stop)
  const place = { subscriptions: ['s'], credential: entra(), httpClient: loopbackHttpClient(ORIGIN, service.url) }
  await expect(markedClusters(place)).rejects.toThrow(/told of \d clusters and says there are more/)
})

test('a second page that is refused for a moment is waited for, and one that fails leaves no half list', async () => {
  const page = (data: readonly object[], more = {}) => ({
    status: 200,
    body: { totalRecords: 3, count: data.length, resultTruncated: 'false', facets: [], data, ...more },
  })
  const plays: readonly [readonly number[], RegExp | number][] = [
    [[429], 3],
    [[500, 500, 500, 500, 500], /./],
  ]
  for (const [refusals, expected] of plays) {
    const left = [...refusals]
    const service = await loopbackServer(({ body }): Answer => {
      if (JSON.parse(body).options.$skipToken === undefined)
        return page([row('a', null), row('b', null)], { $skipToken: 't1' })
      const status = left.shift()
      if (status === undefined) return page([row('c', null)])
      return { status, headers: { 'x-ms-user-quota-remaining': '0', 'x-ms-user-quota-resets-after': '00:00:01' } }
    })
    onTestFinished(service.stop)
    const place = { subscriptions: ['s'], credential: entra(), httpClient: loopbackHttpClient(ORIGIN, service.url) }
    const found = markedClusters(place)
    if (typeof expected === 'number') expect(await found).toHaveLength(expected)
    else await expect(found).rejects.toThrow(expected)
  }
}, 90_000)
