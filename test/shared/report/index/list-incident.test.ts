import { describe, expect, test } from 'vitest'
import { type Entry, entryOf, Month } from '../../../../shared/report/index/entry.ts'
import {
  type ListDeps,
  listIncident,
  monthListPage,
  renderedPage,
} from '../../../../shared/report/index/list-incident.ts'
import type { Addresses } from '../../../../shared/report/index/list-page.ts'
import { monthBlob, newestFirst, parts } from '../../../../shared/report/index/month.ts'
import { memoryBlobs } from '../../../fakes/memory-blobs.ts'
import { at, incident } from '../sample.ts'
import { entries } from './entries.ts'

const addresses: Addresses = { incident: (id) => `${id}/index.html`, list: (page) => page, board: undefined }
const hostile = `"><script>alert(1)</script>&lt;'\u202e`
const worst = (index: number): Entry =>
  entryOf(
    incident({
      incidentId: `${'c'.repeat(63)}.${index.toString(16).padStart(16, '0')}.1`,
      createdAt: at,
      reportedAt: at,
      cluster: 'c'.repeat(63),
      namespace: hostile.repeat(20),
      owner: { kind: 'Deployment', namespace: 'x', name: hostile.repeat(20).slice(0, 250), apiVersion: 'apps/v1' },
      faultType: hostile.repeat(20).slice(0, 100),
      rootCause: hostile.repeat(30),
      context: hostile.repeat(50),
    }),
  )

function setUp(pause: () => Promise<void> = async () => {}) {
  const memory = memoryBlobs()
  const blobs: ListDeps['blobs'] = {
    ...memory,
    read: async (...given) => {
      const found = await memory.read(...given)
      await pause()
      return found
    },
    write: async (...given) => {
      await pause()
      return memory.write(...given)
    },
  }
  const deps: ListDeps = { blobs, addresses, random: Math.random, clock: { sleep: () => pause() } }
  const text = async (name: string) => (await memory.read(name, 1e9))?.text ?? ''
  const kept = async (month: string) => Month.parse(JSON.parse(await text(monthBlob(month)))).entries
  return { deps, memory, text, kept }
}

describe('listIncident', () => {
  test('an incident stands on the first page and on the page of its month', async () => {
    const { deps, memory, text } = setUp()
    await listIncident(deps)(entryOf(incident({ status: 'reported', reportedAt: at }), 'It is broken.'))
    expect(memory.names()).toEqual(['incidents-2026-01.html', 'index.html', 'index/2026-01.json'])
    for (const page of ['index.html', 'incidents-2026-01.html']) {
      expect(await text(page)).toContain('href="east.0123456789abcdef.1/index.html"')
      expect(await text(page)).toContain('It is broken.')
    }
  })

  test('what is open is looked for in every month where somebody asks; a kept page says how far it looked', async () => {
    const { deps, text } = setUp()
    for (const month of ['01', '02', '03', '04', '05'])
      await listIncident(deps)(
        entryOf(
          incident({
            incidentId: `east.0123456789abcde${month.slice(1)}.1`,
            createdAt: `2026-${month}-12T09:41:00.000Z`,
            status: month === '01' ? 'queued' : 'resolved',
          }),
        ),
      )
    expect(await text('index.html')).toContain('Of those opened since 2026-03-12')
    const asked = await renderedPage(deps, 'index.html')
    expect(asked).toContain('Open now: 1')
    expect(asked).not.toContain('Of those opened since')
  })

  test('a look at the list reads each month once, and a page that is kept three', async () => {
    const { deps } = setUp()
    const lines = ['01', '02', '03', '04', '05'].map((month) =>
      entryOf(
        incident({
          incidentId: `east.0123456789abcde${month.slice(1)}.1`,
          createdAt: `2026-${month}-12T09:41:00.000Z`,
          status: 'queued',
        }),
      ),
    )
    for (const one of lines) await listIncident(deps)(one)
    const months = ['05', '04', '03', '02', '01'].map((month) => monthBlob(`2026-${month}`))
    let read: string[] = []
    const blobs: ListDeps['blobs'] = {
      ...deps.blobs,
      read: (name, most) => {
        read.push(name)
        return deps.blobs.read(name, most)
      },
    }
    const asked = await renderedPage({ ...deps, blobs }, 'index.html')
    expect(asked).toContain('Open now: 5')
    expect(read).toEqual(months)
    read = []
    await listIncident({ ...deps, blobs })(lines[4]!)
    expect([...new Set(read)].sort()).toEqual(months.slice(0, 3).sort())
  })

  test('writers at once lose nothing, neither from the list nor from its pages', async () => {
    const { deps, text, kept } = setUp(() => new Promise((resolve) => setTimeout(resolve, Math.random() * 2)))
    const all = entries(12).map((one) => ({ ...one, secondsToReport: 5 }))
    await Promise.all(all.map(listIncident(deps)))
    expect((await kept('2026-01')).map(({ id }) => id)).toEqual(all.toSorted(newestFirst).map(({ id }) => id))
    for (const page of ['index.html', 'incidents-2026-01.html'])
      for (const { id } of all) expect(await text(page)).toContain(`href="${id}/index.html"`)
  })

  test('the same again changes no line', async () => {
    const { deps, memory, kept } = setUp()
    const [one] = entries(1)
    await listIncident(deps)(one!)
    const before = (await memory.info(monthBlob('2026-01')))?.etag
    await listIncident(deps)(one!)
    expect((await memory.info(monthBlob('2026-01')))?.etag).toBe(before)
    expect(await kept('2026-01')).toHaveLength(1)
  })

  test('a crash between the line and its pages is made good by the next delivery', async () => {
    const { deps, text } = setUp()
    const one = entryOf(incident({ reportedAt: at }))
    let crashed = false
    const write: ListDeps['blobs']['write'] = (name, ...rest) => {
      if (name.endsWith('.html') && !crashed) {
        crashed = true
        throw new Error('killed')
      }
      return deps.blobs.write(name, ...rest)
    }
    const flaky = { ...deps, blobs: { ...deps.blobs, write } }
    await expect(listIncident(flaky)(one)).rejects.toThrow('killed')
    await listIncident(flaky)(one)
    expect(await text('index.html')).toContain(one.id)
  })

  test('what is over stays over when its report comes late, and keeps its cause when it ends', async () => {
    const { deps, kept } = setUp()
    const reported = entryOf(
      incident({ status: 'reported', outcome: 'cause', rootCause: 'Deployment/shop/web BadCommand' }),
      'Cause.',
    )
    const resolved = entryOf(incident({ status: 'resolved' }))
    await listIncident(deps)(reported)
    await listIncident(deps)(resolved)
    expect((await kept('2026-01'))[0]).toMatchObject({ state: 'resolved', outcome: 'cause', headline: 'Cause.' })
    await listIncident(deps)(reported)
    expect((await kept('2026-01'))[0]).toMatchObject({ state: 'resolved', outcome: 'cause' })
  })

  test('the part before a new one keeps its rows under its number', async () => {
    const { deps, text, memory } = setUp()
    const [newest, ...older] = entries(251).map((one) => ({ ...one, secondsToReport: 5 }))
    await memory.write(monthBlob('2026-01'), JSON.stringify({ version: 1, entries: older }))
    await listIncident(deps)(newest!)
    expect(await text('incidents-2026-01-1.html')).toContain(older.at(-1)!.id)
    expect(await text('incidents-2026-01.html')).toContain(newest!.id)
    expect(await text('incidents-2026-01.html')).toContain('href="incidents-2026-01-1.html"')
  })
})

test('a month that is full loses its oldest part, and every page is written anew', async () => {
  const { deps, memory, text, kept } = setUp()
  const [newest, ...older] = entries(10_001).map((one) => ({ ...one, secondsToReport: 5 }))
  await memory.write(monthBlob('2026-01'), JSON.stringify({ version: 1, entries: older }))
  await listIncident(deps)(newest!)
  expect(await kept('2026-01')).toHaveLength(9_750)
  expect(memory.names().filter((name) => name.startsWith('incidents-2026-01'))).toHaveLength(39)
  expect(await text('incidents-2026-01-1.html')).toContain(older[9_748]!.id)
})

test('ten thousand incidents are built in two seconds, each page at most 300 kB', async () => {
  const all = entries(10_000)
  const begin = process.cpuUsage()
  const pages = await Promise.all(parts(all).map((_, index) => monthListPage(all, '2026-01', index + 1, addresses)))
  const built = process.cpuUsage(begin).user / 1_000
  const largest = Math.max(...pages.map((page) => Buffer.byteLength(page!)))
  console.info(
    `10,000 incidents: ${pages.length} pages in ${built.toFixed(0)} ms, the largest ${Math.round(largest / 1000)} kB`,
  )
  expect(pages).toHaveLength(40)
  expect(built).toBeLessThan(2_000)
  expect(largest).toBeLessThan(300_000)
})

test('one more report among ten thousand is listed in well under two seconds', async () => {
  const { deps, memory, text } = setUp()
  const [newest, ...older] = entries(10_000)
  await memory.write(monthBlob('2026-01'), JSON.stringify({ version: 1, entries: older }))
  const begin = process.cpuUsage()
  await listIncident(deps)(newest!)
  const took = process.cpuUsage(begin).user / 1_000
  console.info(`one more among 10,000: ${took.toFixed(0)} ms`)
  expect(took).toBeLessThan(2_000)
  expect(Buffer.byteLength(await text('index.html'))).toBeLessThan(300_000)
})

test('a page of nothing but the worst names stays below 300 kB and inert', async () => {
  const page = await monthListPage(
    Array.from({ length: 250 }, (_, index) => worst(index)),
    '2026-01',
    1,
    {
      ...addresses,
      incident: (id) => `https://nightcrier-prod-westeurope.example.com/api/incidents/${id}/report`,
    },
  )
  expect(Buffer.byteLength(page!)).toBeLessThan(300_000)
  expect(page).not.toMatch(/<script|\u202e/)
})
