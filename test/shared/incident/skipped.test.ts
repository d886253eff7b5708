import { expect, test } from 'vitest'
import { skipKind } from '../../../shared/incident/skipped.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, message, podFault, type World, world } from '../triage/world.ts'

const kinds = async (w: World) => (await w.all()).map(skipKind).filter((kind) => kind !== '')
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

test('one that another explains says so, whatever else stands there', () => {
  expect(skipKind({ status: 'skipped', reason: 'Explained by x', mutedBy: 'x' })).toBe('explained')
  expect(skipKind({ status: 'reported', reason: 'Overload: the queue is full (drop)' })).toBe('')
})
