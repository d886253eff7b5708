import { expect, test } from 'vitest'
import { watchClusters } from '../../../shared/triage/watch-clusters.ts'
import { start, world } from './world.ts'

const at = (seconds: number) => new Date(start.getTime() + seconds * 1000).toISOString()
/** `blind`: nobody has heard it since the start. */
async function setUp(fields: Record<string, string | boolean | number> = {}) {
  const w = world()
  const blind = { status: 'failed', blindSince: at(0), error: 'nothing listens there', retryAt: at(310), ...fields }
  const row = await w.clusterRows.insert('clusters', 'east', blind)
  const becomes = async (next: Record<string, string | boolean | number>) => {
    const now = (await w.clusterRows.get('clusters', 'east')) ?? row
    if (now !== undefined) await w.clusterRows.replace(now, { ...blind, ...next })
  }
  return { w, becomes, look: watchClusters(w.deps) }
}

test('a cluster that nobody hears is told of after the set time, once, with the error and the next try', async () => {
  const reasons = [{ at: at(0), text: 'nothing listens there' }]
  const { w, becomes, look } = await setUp()
  await becomes({ reasons: JSON.stringify(reasons) })
  w.clock.pass(299)
  await look()
  expect(w.notices).toEqual([])
  w.clock.pass(1)
  await look()
  await look()
  expect(w.notices).toEqual([
    {
      version: 1,
      type: 'unreachable',
      id: `unreachable:east:${at(0)}`,
      at: at(300),
      cluster: 'east',
      since: at(0),
      error: 'nothing listens there',
      reasons,
      retryAt: at(310),
    },
  ])
})

test('that it is back is told with the same beginning, and a later loss is a new one', async () => {
  const { w, becomes, look } = await setUp()
  w.clock.pass(400)
  await look()
  await becomes({ status: 'active', blindSince: '' })
  w.clock.pass(10)
  await look()
  await look()
  expect(w.notices[1]).toEqual({
    ...{ version: 1, type: 'reachable', id: `reachable:east:${at(0)}` },
    ...{ at: at(410), cluster: 'east', since: at(0), until: at(410) },
  })
  expect(w.notices).toHaveLength(2)
  await becomes({ blindSince: at(500) })
  w.clock.pass(500)
  await look()
  expect(w.notices[2]).toMatchObject({ type: 'unreachable', since: at(500) })
})

test('a cluster whose supervisor died without a word is told of, too', async () => {
  const { w, look } = await setUp({
    status: 'active',
    blindSince: '',
    error: '',
    owner: 's1',
    until: at(60),
    retryAt: '',
  })
  w.clock.pass(359)
  await look()
  expect(w.notices).toEqual([])
  w.clock.pass(1)
  await look()
  expect(w.notices).toMatchObject([{ since: at(60), error: expect.stringContaining('No supervisor watches it') }])
})

test('one that is no longer wanted is not missed, and what was told of it is closed with a word', async () => {
  const { w, becomes, look } = await setUp({ enabled: false })
  w.clock.pass(400)
  await look()
  expect(w.notices).toEqual([])
  await becomes({ enabled: true })
  await look()
  await becomes({ removed: true })
  await look()
  expect(w.notices).toMatchObject([{ type: 'unreachable' }, { type: 'reachable', since: at(0), left: 'removed' }])
  expect(w.control.rows()).toEqual([])
})

test('an outage is over when the last of its clusters is taken out of the configuration', async () => {
  const w = world()
  const look = watchClusters(w.deps)
  const names = Array.from({ length: 6 }, (_, at) => `c${at}`)
  for (const name of names) await w.clusterRows.insert('clusters', name, { blindSince: at(0) })
  w.clock.pass(301)
  await look()
  for (const name of names) {
    const row = (await w.clusterRows.get('clusters', name))!
    await w.clusterRows.replace(row, { ...row.fields, blindSince: '', removed: name !== 'c0' })
  }
  await look()
  expect(w.notices).toMatchObject([{ over: false }, { over: true }])
})

test('a notice that could not be sent is sent by the next look', async () => {
  const { w } = await setUp()
  w.clock.pass(400)
  const broken = async () => {
    throw new Error('no queue')
  }
  await expect(watchClusters({ ...w.deps, notify: broken })()).rejects.toThrow('no queue')
  await watchClusters(w.deps)()
  expect(w.notices).toHaveLength(1)
})

test('who dies after a notice, and whose cluster is heard again by then, has its end told all the same', async () => {
  const { w, becomes, look } = await setUp()
  w.clock.pass(400)
  const dying = { ...w.deps, control: { ...w.control, replace: async () => Promise.reject(new Error('died')) } }
  await expect(watchClusters(dying)()).rejects.toThrow('died')
  await becomes({ status: 'active', blindSince: '' })
  await look()
  expect(w.notices.map(({ type }) => type)).toEqual(['unreachable', 'reachable'])
  expect(w.control.rows()).toEqual([])
})

test('a row that nobody can read stops no other', async () => {
  const { w, look } = await setUp()
  await w.clusterRows.insert('clusters', 'broken', { status: 'gone fishing' })
  w.clock.pass(400)
  await look()
  expect(w.notices).toHaveLength(1)
})

test('many at once are one notice, and one when the last of them is back', async () => {
  const w = world()
  const look = watchClusters(w.deps)
  const names = Array.from({ length: 30 }, (_, at) => `c${String(at).padStart(2, '0')}`)
  const blind = { status: 'failed', blindSince: at(0), error: 'nothing listens there' }
  for (const name of names) await w.clusterRows.insert('clusters', name, blind)
  w.clock.pass(301)
  await look()
  await look()
  expect(w.notices).toMatchObject([{ type: 'outage', over: false, clusters: 30, since: at(0) }])
  const returns = async (some: readonly string[]) => {
    for (const name of some) {
      const row = (await w.clusterRows.get('clusters', name))!
      await w.clusterRows.replace(row, { ...row.fields, status: 'active', blindSince: '' })
    }
    await look()
  }
  await returns(names.slice(0, 29))
  expect(w.notices).toHaveLength(1)
  await returns(names.slice(29))
  const [begun, ended] = w.notices
  expect(ended).toMatchObject({ type: 'outage', over: true, clusters: 30 })
  expect(ended).toHaveProperty('outage', (begun as { outage: string }).outage)
  expect(w.control.rows()).toEqual([])
})

test('a notice of many that could not be sent is sent by the next look under the same name', async () => {
  const w = world()
  for (let each = 0; each < 9; each++) await w.clusterRows.insert('clusters', `c${each}`, { blindSince: at(0) })
  w.clock.pass(301)
  const dying = { ...w.deps, control: { ...w.control, insert: async () => Promise.reject(new Error('died')) } }
  await expect(watchClusters(dying)()).rejects.toThrow('died')
  await watchClusters(w.deps)()
  expect(new Set(w.notices.map(({ id }) => id)).size).toBe(1)
})

test('a cluster on patrol is unheard between two visits, and told of only when they stop', async () => {
  const { w, look } = await setUp({ status: 'patrol', visitedAt: at(0), patrolSeconds: 300, error: '', retryAt: '' })
  w.clock.pass(599)
  await look()
  expect(w.notices).toEqual([])
  w.clock.pass(2)
  await look()
  expect(w.notices).toMatchObject([{ type: 'unreachable', cluster: 'east', since: at(0) }])
})

test('an outage ends with the beginning it was told with, whichever of its clusters is the last and on which day it was lost', async () => {
  const w = world()
  const look = watchClusters(w.deps)
  for (let index = 0; index < 6; index++)
    await w.clusterRows.insert('clusters', `c${index}`, {
      ...{ status: 'failed', error: 'nothing listens there', retryAt: '' },
      blindSince: at(index * 86_400),
    })
  w.clock.pass(6 * 86_400)
  await look()
  for (let index = 0; index < 6; index++) {
    const row = (await w.clusterRows.get('clusters', `c${index}`))!
    await w.clusterRows.replace(row, { ...row.fields, status: 'active', blindSince: '' })
    await look()
  }
  expect(w.notices).toMatchObject([
    { type: 'outage', over: false, since: at(0) },
    { type: 'outage', over: true, since: at(0) },
  ])
})

test('one that comes and goes is told of once, as that, until it is steady', async () => {
  const { w, becomes, look } = await setUp({ blindSince: '', status: 'active' })
  // Eight seconds unheard of each ten, as a supervisor counts them.
  for (let turn = 1; turn <= 60; turn++) {
    const trouble = { troubledSince: at(0), troubles: turn, troubledMilliseconds: 8_000 * turn }
    w.clock.pass(10)
    await becomes({ ...trouble, blindSince: '', status: 'active', statusSince: at(10 * turn), error: '' })
    await look()
  }
  expect(w.notices).toMatchObject([{ type: 'unreachable', since: at(0) }])
  expect(w.notices[0]).toMatchObject({
    error: expect.stringMatching(/^It comes and goes: lost \d+ times, unheard for 80 % of the time\. The last was: /),
  })
  w.clock.pass(119)
  await look()
  expect(w.notices).toHaveLength(1)
  w.clock.pass(1)
  await look()
  await look()
  expect(w.notices.slice(1)).toMatchObject([{ type: 'reachable', since: at(0) }])
})

test('one that was lost seldom, or for moments, does not come and go', async () => {
  for (const trouble of [
    { troubles: 2, troubledMilliseconds: 390_000 },
    { troubles: 40, troubledMilliseconds: 100_000 },
  ]) {
    const { w, becomes, look } = await setUp()
    w.clock.pass(400)
    await becomes({ ...trouble, troubledSince: at(0), blindSince: '', status: 'active', statusSince: at(395) })
    await look()
    expect(w.notices).toEqual([])
  }
})
