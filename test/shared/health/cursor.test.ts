import { expect, test } from 'vitest'
import { listIncidents } from '../../../shared/health/incidents.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../incident/sample.ts'

const ask = async (cursor: string, limit = '1') => {
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  for (const n of [1, 2])
    await store.insert(incident({ identity: `${n}123456789abcdef`, incidentId: `east.${n}123456789abcdef.1` }))
  return listIncidents(store)(new URLSearchParams({ limit, ...(cursor === '' ? {} : { cursor }) }))
}

test('a list goes on where an answer says, and a cursor that no answer gave is refused, not taken as the first page', async () => {
  const first = (await ask('')).body as { cursor: string; incidents: { incidentId: string }[] }
  const second = (await ask(first.cursor)).body as typeof first
  expect(second.incidents).toHaveLength(1)
  expect(second.incidents[0]?.incidentId).not.toBe(first.incidents[0]?.incidentId)
  for (const wrong of ['x', 'bm90aGluZw', `${first.cursor}%`, '__proto__'])
    expect(await ask(wrong)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('cursor: is not what') },
    })
})
