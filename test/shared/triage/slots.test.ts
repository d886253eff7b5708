import { describe, expect, test, vi } from 'vitest'
import { agentSlots, type Holder, type Slots } from '../../../shared/triage/slots.ts'
import { start, world } from './world.ts'

const limits = { total: 5, perCluster: 2 }
const holder = (cluster: string, n: number, fence = 1): Holder => ({
  incidentId: `${cluster}-${n}`,
  cluster,
  fence,
  until: new Date(start.getTime() + 60_000).toISOString(),
})

const takeOne = async (slots: Slots, one: Holder, within = limits) => (await slots.take([one], within))[0]

describe('the slots', () => {
  test('are never more than the total, nor than one cluster may have, whoever asks at once', async () => {
    const slots = agentSlots(world().deps)
    const asking = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((cluster) => [1, 2, 3, 4].map((n) => holder(cluster, n)))
    const answers = await Promise.all(asking.map((one) => takeOne(slots, one)))
    const held = await slots.holders()
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(5)
    expect(held).toHaveLength(5)
    for (const cluster of ['a', 'b', 'c', 'd', 'e', 'f']) {
      expect(held.filter((one) => one.cluster === cluster).length).toBeLessThanOrEqual(2)
    }
  })

  test('say which limit was reached', async () => {
    const slots = agentSlots(world().deps)
    expect(await takeOne(slots, holder('a', 1))).toBe('taken')
    expect(await takeOne(slots, holder('a', 2))).toBe('taken')
    expect(await takeOne(slots, holder('a', 3))).toBe('cluster-full')
    expect(await takeOne(slots, holder('b', 1), { total: 2, perCluster: 2 })).toBe('full')
  })

  test('are taken once however often the same incident asks, and renewed by it', async () => {
    const slots = agentSlots(world().deps)
    await takeOne(slots, holder('a', 1, 1))
    await takeOne(slots, holder('a', 1, 2))
    expect(await slots.holders()).toEqual([holder('a', 1, 2)])
  })

  test('stay with the later attempt when a launcher of an earlier one wakes up', async () => {
    const slots = agentSlots(world().deps)
    await takeOne(slots, holder('a', 1, 2))
    expect(await takeOne(slots, holder('a', 1, 1))).toBe('gone')
    await slots.release('a-1', 1)
    expect(await slots.holders()).toEqual([holder('a', 1, 2)])
  })

  test('are given back by fence: a late end of an old attempt leaves the new one its slot', async () => {
    const slots = agentSlots(world().deps)
    await takeOne(slots, holder('a', 1, 2))
    await slots.release('a-1', 1)
    expect(await slots.holders()).toHaveLength(1)
    await slots.release('a-1', 2)
    await slots.release('a-1', 2)
    expect(await slots.holders()).toEqual([])
  })

  test('are free when their time is over', async () => {
    const w = world()
    const slots = agentSlots(w.deps)
    await takeOne(slots, holder('a', 1), { total: 1, perCluster: 1 })
    w.clock.pass(60)
    expect(
      await takeOne(slots, { ...holder('a', 2), until: w.clock.now().toISOString() }, { total: 1, perCluster: 1 }),
    ).toBe('taken')
  })

  test('are taken for many by one write, in their order, as far as there is room', async () => {
    const w = world()
    const slots = agentSlots(w.deps)
    const replaced = vi.spyOn(w.control, 'insert')
    const asking = [holder('a', 1), holder('a', 2), holder('a', 3), holder('b', 1), holder('c', 1), holder('d', 1)]
    const answers = ['taken', 'taken', 'cluster-full', 'taken', 'taken', 'taken']
    expect(await slots.take(asking, limits)).toEqual(answers)
    expect(replaced).toHaveBeenCalledTimes(1)
    expect((await slots.take([holder('e', 1), holder('a', 1, 2)], limits)).slice()).toEqual(['full', 'taken'])
    expect(await slots.holders()).toHaveLength(5)
  })

  test('count the attempts that got one: neither what is taken up after a crash nor what is given back', async () => {
    const slots = agentSlots(world().deps)
    await takeOne(slots, holder('a', 1))
    await takeOne(slots, holder('a', 1))
    await takeOne(slots, holder('a', 1, 2))
    await slots.release('a-1', 2)
    await slots.take([holder('b', 1), holder('b', 2), holder('b', 3)], limits)
    expect((await slots.read()).taken).toBe(4)
  })

  test('are never given by a list that is out of date', async () => {
    const slots = agentSlots(world().deps)
    await takeOne(slots, holder('a', 1))
    const seen = await slots.read()
    await takeOne(slots, holder('a', 2))
    expect(await slots.take([holder('a', 3)], limits, seen)).toEqual(['cluster-full'])
  })
})
