import { describe, expect, test } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { fault, message, mortal, podFault, type World, world } from './world.ts'

/** Dies at the n-th call of `run` for every n until it gets through, each time in a world of its own. */
async function atEveryCall(
  when: 'before' | 'after',
  prepare: () => Promise<World>,
  run: (deps: World['deps']) => Promise<unknown>,
  check: (w: World, at: number) => Promise<void>,
): Promise<number> {
  for (let at = 1; at < 200; at++) {
    const w = await prepare()
    const { dying, died } = mortal(w, at, when)
    await run(dying).catch(() => undefined)
    await check(w, at)
    if (!died()) return at
  }
  throw new Error('it never gets through')
}

const redelivered = { id: 'm1', dequeueCount: 2 }

describe.each(['before', 'after'] as const)('a crash %s each call to the outside', (when) => {
  test('of admission and launch leaves one incident and one agent once the message or the sweep comes again', async () => {
    const body = message(fault(), podFault('api', { cluster: 'west' }))
    const calls = await atEveryCall(
      when,
      async () => world(),
      (deps) => handleTriageMessage(deps)(body, { id: 'm1', dequeueCount: 1 }),
      async (w, at) => {
        await handleTriageMessage(w.deps)(body, redelivered)
        w.clock.pass(61)
        await sweep(w.deps)()
        const incidents = await w.all()
        expect(incidents.map(({ status, occurrences, fence }) => [status, occurrences, fence])).toEqual([
          ['running', 1, 1],
          ['running', 1, 1],
        ])
        expect(
          w.groups.started.map(({ name }) => name),
          `died at call ${at}`,
        ).toHaveLength(2)
        expect(await w.slots()).toHaveLength(2)
      },
    )
    expect(calls).toBeGreaterThan(20)
  })

  test('of a launch that finds no room leaves the incident waiting, and its slot free for others', async () => {
    const calls = await atEveryCall(
      when,
      async () => {
        const w = world()
        w.groups.full = true
        return w
      },
      (deps) => handleTriageMessage(deps)(message(fault()), { id: 'm1', dequeueCount: 1 }),
      async (w) => {
        await handleTriageMessage(w.deps)(message(fault()), redelivered)
        w.clock.pass(61)
        await sweep(w.deps)()
        expect(await w.only()).toMatchObject({ status: 'queued', occurrences: 1 })
        expect(await w.slots()).toEqual([])
        w.groups.full = false
        await sweep(w.deps)()
        expect(await w.only()).toMatchObject({ status: 'running' })
        expect(await w.groups.list()).toHaveLength(1)
      },
    )
    expect(calls).toBeGreaterThan(10)
  })

  test('of the sweep that ends a late agent leaves its result sent and its group gone', async () => {
    await atEveryCall(
      when,
      async () => {
        const w = world()
        await handleTriageMessage(w.deps)(message(fault()), { id: 'm1', dequeueCount: 1 })
        w.clock.pass(331)
        return w
      },
      (deps) => sweep(deps)(),
      async (w) => {
        await sweep(w.deps)()
        expect(await w.groups.list()).toEqual([])
        const endings = w.sent().map(({ ended, fence }) => `${ended} ${fence}`)
        // Once more after a crash between sending and noting it; the report answers the second with nothing.
        expect(endings.length).toBeLessThanOrEqual(2)
        expect(new Set(endings)).toEqual(new Set(['timeout 1']))
        expect(await w.only()).toMatchObject({ status: 'running', resultSentAt: w.clock.now().toISOString() })
      },
    )
  })
})
