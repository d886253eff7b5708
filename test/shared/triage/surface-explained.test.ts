import { expect, test } from 'vitest'
import { Cluster } from '../../../shared/config/cluster.ts'
import { readSettings } from '../../../shared/config/settings.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { surfaceExplained } from '../../../shared/triage/surface-explained.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../report/sample.ts'

const named = (letter: string, changes: Partial<Incident>): Incident => {
  const identity = letter.repeat(16)
  return { ...incident(), cluster: 'east', identity, incidentId: `east.${identity}.1`, ...changes }
}
const over = named('a', { status: 'resolved' })
const { outcome: _, rootCause: __, ...unknown } = named('b', {})
const hidden: Incident = {
  ...unknown,
  severity: 'warning',
  status: 'skipped',
  skip: 'explained',
  mutedBy: over.incidentId,
  fence: 0,
}

async function surfaced(cause: Incident, triage: object) {
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  for (const one of [cause, hidden]) await store.insert(one)
  const cluster = Cluster.parse({ name: 'east', mcp: { endpoint: 'https://east.example/mcp' }, triage })
  await surfaceExplained({
    store,
    cluster: async () => cluster,
    settings: readSettings({}),
    clock: { now: () => new Date('2026-01-12T09:43:00Z'), sleep: async () => {} },
    random: () => 0.5,
    log: createLog('error', () => {}),
  })()
  return (await store.current(hidden.incidentId))?.incident
}
const on = { kubeconfig: 'file:/kube/east' }

test('what was explained waits for an agent once its cause is over, and not before', async () => {
  expect(await surfaced(over, on)).toMatchObject({ status: 'queued' })
  expect(await surfaced({ ...over, status: 'reported' }, on)).toMatchObject({ skip: 'explained' })
})

test('a cluster whose triage was switched off meanwhile, or its threshold raised, gets no agent for it', async () => {
  const off = await surfaced(over, { enabled: false })
  expect(off).toMatchObject({ status: 'skipped', skip: 'triage-off' })
  expect(off?.mutedBy).toBeUndefined()
  const low = await surfaced(over, { ...on, severity_threshold: 'critical' })
  expect(low).toMatchObject({ status: 'skipped', skip: expect.not.stringMatching('explained') })
  expect(low?.mutedBy).toBeUndefined()
})
