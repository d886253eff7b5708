import { expect, test } from 'vitest'
import { fromRow } from '../../../shared/incident/incident-row.ts'
import { toParts } from '../../../shared/runtime/json-parts.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, message, podFault, type World, world } from '../triage/world.ts'

const kinds = async (w: World) => (await w.all()).flatMap(({ skip }) => skip ?? [])
const send = (w: World, ...faults: readonly unknown[]) =>
  handleTriageMessage(w.deps)(message(...faults), { id: `m${w.notices.length}${faults.length}`, dequeueCount: 1 })

test('why an incident got no agent stands in a column of its row, as the product itself decides it', async () => {
  const off = world({ clusters: [cluster('east', { enabled: false })] })
  await send(off, podFault('web'))
  expect(await kinds(off)).toEqual(['triage-off'])

  const picky = world({ clusters: [cluster('east', { severity_threshold: 'critical' })] })
  await send(picky, podFault('web', { severity: 'info' }))
  expect(await kinds(picky)).toEqual(['below-threshold'])

  const full = world({ settings: { CLUSTER_QUEUE_SIZE: 1, MAX_CONCURRENT_AGENTS: 1 } })
  await send(full, podFault('a'), podFault('b'), podFault('c'))
  expect(await kinds(full)).toEqual(['queue-full'])
  full.clock.pass(3_601)
  await sweep(full.deps)()
  expect((await kinds(full)).toSorted()).toEqual(['no-agent-in-time', 'queue-full'])
  const columns = full.incidents.rows().map(({ fields }) => fields.skip)
  expect(columns.toSorted()).toEqual(['', 'no-agent-in-time', 'queue-full'])
})

test('of one that an earlier version wrote it is read from its sentence, once', async () => {
  const w = world({ settings: { CLUSTER_QUEUE_SIZE: 1, MAX_CONCURRENT_AGENTS: 1 } })
  await send(w, podFault('a'), podFault('b'), podFault('c'))
  const row = w.incidents.rows().find(({ fields }) => fields.skip === 'queue-full')
  const { skip: _, ...written } = fromRow(row!)
  const older = (changes: object) => fromRow({ ...row!, fields: toParts({ ...written, ...changes }) }).skip
  expect(older({})).toBe('queue-full')
  expect(older({ reason: 'Overload: no agent was free for 100 s' })).toBe('no-agent-in-time')
  expect(older({ reason: 'Severity info is below the threshold of cluster east (critical)' })).toBe('below-threshold')
  expect(older({ reason: 'Triage is off for cluster east (triage.enabled: false)' })).toBe('triage-off')
  expect(older({ reason: 'Explained by x', mutedBy: 'x' })).toBe('explained')
  expect(older({ status: 'reported' })).toBeUndefined()
})

test('that it was skipped is over once it waits for an agent', async () => {
  const w = world({ clusters: [cluster('east', { severity_threshold: 'critical' })] })
  await send(w, podFault('web', { severity: 'info' }))
  await handleTriageMessage(w.deps)(message(podFault('web', { severity: 'critical' })), {
    id: 'later',
    dequeueCount: 1,
  })
  expect(await w.only()).toMatchObject({ status: 'running' })
  expect((await w.only()).skip).toBeUndefined()
})
