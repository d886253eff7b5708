import { expect, test } from 'vitest'
import { causeLine, followIncidents, type Published } from '../../../../infra/local/start/follow-incidents.ts'
import type { Report } from '../../../../shared/artifacts/report.ts'
import type { Incident } from '../../../../shared/incident/incident.ts'
import { incidentStore } from '../../../../shared/incident/store.ts'
import { memoryBlobs } from '../../../fakes/memory-blobs.ts'
import { memoryTable } from '../../../fakes/memory-table.ts'

const at = '2026-01-12T09:41:00.000Z'
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' }
const incident: Incident = {
  version: 1,
  incidentId: 'demo.0123456789abcdef.1',
  faultId: 'f',
  status: 'open',
  createdAt: at,
  cluster: 'demo',
  environment: '',
  labels: {},
  namespace: 'shop',
  resource: owner,
  owner,
  faultType: 'CrashLoop',
  faultClass: 'CrashLoop',
  severity: 'critical',
  context: '',
  timestamp: at,
  identity: '0123456789abcdef',
  generation: 1,
  occurrences: 1,
  countedFaults: ['f'],
  firstSeen: at,
  lastSeen: at,
  fence: 1,
  notices: {},
  members: [],
  related: [],
  steps: [{ at, state: 'open', note: 'seen' }],
}
const report: Report = {
  version: 1,
  generatedAt: at,
  outcome: 'inconclusive',
  headline: 'The checkout is down',
  incident,
  dropped: [],
  notes: [],
  evidence: [],
  phases: [],
  redactions: {},
  injectionFlags: [],
  artifacts: [],
}

test('each step and each report is told once, and a table that is away for a moment stops nothing', async () => {
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  const now = () => new Date(at)
  const blobs = memoryBlobs({ now, sleep: async () => {} })
  const told: string[] = []
  const end = new AbortController()
  let look = 0
  /** What happens between one look and the next. */
  const life: readonly (() => Promise<unknown>)[] = [
    async () => {},
    () => store.insert(incident),
    async () => {},
    async () => {
      const stored = await store.current(incident.incidentId)
      // Two steps at one moment: both are told.
      await store.move(stored!, 'queued', { at: new Date(at), note: 'and queued' })
    },
    async () => {
      const stored = await store.current(incident.incidentId)
      await store.move(stored!, 'running', { at: new Date(at), note: 'launched' })
    },
    async () => {
      const stored = await store.current(incident.incidentId)
      await store.move(stored!, 'reported', { at: new Date(at), note: 'report', changes: { reportedAt: at } })
    },
    () => blobs.write(`${incident.incidentId}/report.json`, JSON.stringify(report)),
    () => blobs.write(`${incident.incidentId}/index.html`, '<p>'),
    async () => end.abort(),
  ]
  await followIncidents(
    {
      incidents: {
        ...store,
        list: async (...given) => {
          if (look === 2) throw new Error('away')
          return store.list(...given)
        },
      },
      storage: { blobs: () => blobs },
      clock: { now, sleep: async () => void (await life[look++]?.()) },
      linkHours: 1,
      pauseMs: 250,
      onStep: (_, step) => told.push(step.note),
      onReport: (published) => told.push(`${causeLine(published)}, ${blobs.followReadLink(published.url)}`),
      onProblem: (sentence) => told.push(sentence),
    },
    end.signal,
  )
  expect(told).toEqual([
    'The incidents cannot be read: away',
    'seen',
    'and queued',
    'launched',
    'report',
    'none inconclusive, <p>',
  ])
})

test('what runs for long tells neither what was before nor anything twice, hears of ends, and reads no report', async () => {
  const history = memoryTable()
  const store = incidentStore({ incidents: memoryTable(), history })
  const now = () => new Date(at)
  const reads: string[] = []
  const blobs = { ...memoryBlobs({ now, sleep: async () => {} }), read: async (name: string) => void reads.push(name) }
  const told: string[] = []
  const end = new AbortController()
  const stored = (await store.insert({ ...incident, reportedAt: at }))!
  const later = new Date('2026-01-12T10:00:01.000Z')
  const others = Array.from({ length: 500 }, (_, index) => ({
    ...incident,
    incidentId: `demo.${String(index).padStart(16, '0')}.1`,
    identity: String(index).padStart(16, '0'),
    lastSeen: later.toISOString(),
  }))
  let look = 0
  const life: readonly (() => Promise<unknown>)[] = [
    () => store.move(stored, 'queued', { at: later, note: 'queued' }),
    // It is pushed off the screen, and comes back.
    () => Promise.all(others.map((other) => store.insert(other))),
    async () => {
      const first = await store.current(others[0]!.incidentId)
      await store.move(first!, 'resolved', { at: later, note: 'gone' })
    },
    async () => {
      const all = await store.list({ open: true }, 1_000)
      for (const one of all.items)
        if (one.incident.identity !== incident.identity) await store.move(one, 'resolved', { at: later, note: 'over' })
    },
    async () => end.abort(),
  ]
  const asked: unknown[] = []
  await followIncidents(
    {
      incidents: {
        byId: store.byId,
        list: (...given) => {
          asked.push(given[0])
          return store.list(...given)
        },
      },
      storage: { blobs: () => blobs as never },
      clock: { now, sleep: async () => void (await life[look++]?.()) },
      linkHours: 1,
      pauseMs: 2_000,
      since: new Date('2026-01-12T10:00:00.000Z'),
      onStep: ({ identity }, step) => told.push(`${identity.slice(-2)} ${step.note}`),
      onProblem: (sentence) => told.push(sentence),
    },
    end.signal,
  )
  expect(told.slice(0, 2)).toEqual(['ef queued', '00 gone'])
  expect(told.filter((line) => line.startsWith('ef'))).toEqual(['ef queued'])
  expect(told.filter((line) => line.endsWith('over'))).toHaveLength(499)
  expect(asked).toEqual(asked.map(() => ({ open: true })))
  expect(reads).toEqual([])
})

test('the cause is said as Kind/namespace/name and class', () => {
  const cause = { kind: 'Node', namespace: '', name: 'worker-1', class: 'NodeNotReady' }
  const published = { report: { verdict: { rootCauses: [cause] } } } as unknown as Published
  expect(causeLine(published)).toBe('Node//worker-1 NodeNotReady')
})

test('of a storm every incident is told, and every end', async () => {
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  const now = () => new Date(at)
  const told: string[] = []
  const end = new AbortController()
  const storm = Array.from({ length: 120 }, (_, index) => {
    const identity = String(index).padStart(16, '0')
    return { ...incident, incidentId: `demo.${identity}.1`, identity }
  })
  let look = 0
  const life: readonly (() => Promise<unknown>)[] = [
    () => Promise.all(storm.map((one) => store.insert(one))),
    async () => {
      for (const { incident } of (await store.list({ open: true }, 1_000)).items) {
        const stored = await store.current(incident.incidentId)
        await store.move(stored!, 'resolved', { at: new Date(at), note: 'over' })
      }
    },
    async () => end.abort(),
  ]
  await followIncidents(
    {
      incidents: store,
      storage: { blobs: () => memoryBlobs({ now, sleep: async () => {} }) },
      clock: { now, sleep: async () => void (await life[look++]?.()) },
      linkHours: 1,
      pauseMs: 2_000,
      onStep: ({ identity }, step) => told.push(`${identity} ${step.note}`),
      onProblem: (sentence) => told.push(sentence),
    },
    end.signal,
  )
  const wanted = storm.flatMap(({ identity }) => [`${identity} over`, `${identity} seen`])
  expect(told.toSorted()).toEqual(wanted)
})
