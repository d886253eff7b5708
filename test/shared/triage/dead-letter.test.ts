import { expect, test } from 'vitest'
import { handleDeadLetter } from '../../../shared/triage/dead-letter.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { fault, message, podFault, world } from './world.ts'

test('a result that could not be published closes its incident, frees its place and is told', async () => {
  const w = world()
  await handleTriageMessage(w.deps)(message(fault()), { id: 'm1', dequeueCount: 1 })
  const { incidentId } = await w.only()
  const result = { version: 1, incidentId, fence: 1, ended: 'completed' }
  await handleDeadLetter(w.deps)('results', result)
  expect(await w.only()).toMatchObject({
    status: 'failed',
    failureReason: expect.stringContaining('could not be published in five tries'),
  })
  expect(w.notices.slice(1)).toEqual([
    {
      version: 1,
      id: expect.stringMatching(/^dead-letter:results-[0-9a-f]{20}$/),
      at: w.clock.now().toISOString(),
      type: 'dead-letter',
      queue: 'results',
      reason: `The result of incident ${incidentId} could not be published`,
      blob: w.deadLetters.names()[0],
      incidentId,
      cluster: 'east',
    },
  ])
  await sweep(w.deps)()
  expect(await w.slots()).toEqual([])
  expect(await w.groups.list()).toEqual([])
})

test('a result whose report is published is not called unpublished', async () => {
  const w = world()
  await handleTriageMessage(w.deps)(message(fault()), { id: 'm1', dequeueCount: 1 })
  const { incidentId } = await w.only()
  const stored = (await w.deps.store.current(incidentId))!
  const at = w.clock.now()
  await w.deps.store.move(stored, 'reported', { at, note: 'done', changes: { reportedAt: at.toISOString() } })
  await handleDeadLetter(w.deps)('results', { version: 1, incidentId, fence: 1, ended: 'completed' })
  expect(await w.only()).toMatchObject({ status: 'reported' })
  expect(w.notices.at(-1)).toMatchObject({ reason: expect.stringContaining('is published, but what follows it') })
})

test('a result of an older fence closes nothing', async () => {
  const w = world()
  await handleTriageMessage(w.deps)(message(fault()), { id: 'm1', dequeueCount: 1 })
  const { incidentId } = await w.only()
  await handleDeadLetter(w.deps)('results', { version: 1, incidentId, fence: 0, ended: 'completed' })
  expect(await w.only()).toMatchObject({ status: 'running' })
  expect(w.deadLetters.names()).toHaveLength(1)
})

test('faults that could not be admitted are kept and counted', async () => {
  const w = world()
  await handleDeadLetter(w.deps)('faults', message(fault(), podFault('api')))
  expect(w.notices).toMatchObject([{ reason: '2 faults could not be admitted', cluster: 'east' }])
  const kept = JSON.parse((await w.deadLetters.read(w.deadLetters.names()[0]!, 100_000))!.text)
  expect(kept).toMatchObject({ queue: 'faults', body: { faults: [{ faultId: '9d55a47c4d78b8f4' }, {}] } })
})

test.each([['nonsense'], [undefined], [{ some: 'object' }], [null]])('%j is kept as it is', async (body) => {
  const w = world()
  await handleDeadLetter(w.deps)('faults', body)
  expect(w.notices).toMatchObject([{ reason: 'A message that nobody can read' }])
  expect(w.lines.at(-1)).toMatch(/^Kept aside as dead-letters\/2026-01-12\/faults-/)
})

test('a notice that could not be told is kept, and not told of by a notice', async () => {
  const w = world()
  await handleDeadLetter(w.deps)('notices', {
    version: 1,
    id: 'resolved:east.1.1:0',
    at: w.clock.now().toISOString(),
    type: 'incident',
    event: 'resolved',
    incidentId: 'east.1.1',
  })
  expect(w.deadLetters.names()).toHaveLength(1)
  expect(w.lines.at(-1)).toContain('A notice (resolved:east.1.1:0) could not be told')
  expect(w.notices).toEqual([])
})

test('handling the same dead letter again keeps one copy', async () => {
  const w = world()
  await handleDeadLetter(w.deps)('faults', 'nonsense')
  await handleDeadLetter(w.deps)('faults', 'nonsense')
  expect(w.deadLetters.names()).toHaveLength(1)
})

test('a message of another version is kept whole, and it is said that it can be put back', async () => {
  const w = world()
  const body = { version: 2, incidentId: 'east.0123456789abcdef.1', fence: 1, ended: 'completed', later: [1] }
  await handleDeadLetter(w.deps)('results', body)
  const [name = ''] = w.deadLetters.names()
  const kept = JSON.parse((await w.deadLetters.read(name, 10_000))!.text)
  expect(kept).toMatchObject({ queue: 'results', body, reason: expect.stringContaining('by a newer Nightcrier') })
  expect(w.notices).toMatchObject([{ type: 'dead-letter', reason: expect.stringContaining('put it back') }])
  await handleTriageMessage(w.deps)({ version: 0, type: 'wake' }, { id: 'm1', dequeueCount: 1 })
  expect(w.lines.join()).toContain('by an older Nightcrier (version 0, this one reads 1)')
})
