import { describe, expect, test } from 'vitest'
import { alive } from '../../../shared/health/alive.ts'
import { clusterHealth } from '../../../shared/health/cluster-health.ts'
import { openSession } from '../../../shared/subscription/session.ts'
import { simulate } from '../../chaos/simulate.ts'
import { aFault, crashingPod, fast, type House, house, namespaceObject } from './supervised.ts'

/** Two seconds of patrol in a window of a minute: a run that does not end by itself would be seen. */
const settings = { ...fast, PATROL_SECONDS: 2 }
const patrol = (home: House, changes = {}) => home.supervise('supervisor-1', { settings, ...changes }).done
const names = ['east', 'west', 'north']
/** As the row says it was, so that the next run finds it due. */
const later = (home: House, seconds: number) => ({
  clock: { ...home.deps.clock, now: () => new Date(Date.now() + seconds * 1_000) },
})
const healthOf = async (home: House, secondsFromNow = 0) =>
  clusterHealth(
    { ...(await home.deps.clusters.current()), rows: home.clusterTable.rows(), permissions: [] },
    new Date(Date.now() + secondsFromNow * 1_000),
  )

describe('a patrol', () => {
  test('visits every cluster, leaves, ends, and says when it comes again', async () => {
    const home = await house(names)
    expect((await patrol(home)).seconds).toBeLessThan(10)
    for (const name of names) {
      expect(home.server.at(name).sessions.size).toBe(0)
      expect(home.row(name)).toMatchObject({ status: 'patrol', owner: '', patrolSeconds: 2, error: '' })
      expect(home.row(name).blindSince).not.toBe('')
    }
    const { clusters, summary } = await healthOf(home)
    expect(clusters[0]).toMatchObject({ status: 'patrol', detection_delay_seconds: 2 })
    expect(summary).toMatchObject({ active: 0, unhealthy: 0 })
    const beats = await home.deps.tables.control.list({ partition: 'supervisors', limit: 10 })
    expect(alive(beats, new Date(Date.now() + 181_000)).status).toBe(200)
    expect(alive(beats, new Date(Date.now() + 200_000)).status).toBe(503)
  })

  test('that does not come again is told, and the time between two visits is blind time', async () => {
    const home = await house(['east'])
    await patrol(home)
    expect((await healthOf(home, 60)).summary.unhealthy).toBe(0)
    const overdue = await healthOf(home, 70)
    expect(overdue.summary.unhealthy).toBe(1)
    expect(overdue.clusters[0]!.blind_seconds).toBeGreaterThanOrEqual(69)
    await patrol(home, later(home, 30))
    expect(home.row('east').blindMilliseconds).toBeGreaterThan(29_000)
    expect(home.row('east').blindMilliseconds).toBeLessThan(45_000)
  })

  test('finds a fault that began since the last one and lasts; one that came and went it does not', async () => {
    const home = await house(['east'])
    const cluster = home.server.at('east')
    cluster.objects = [namespaceObject('shop'), namespaceObject('other')]
    await patrol(home)
    expect(home.server.emit('east', aFault())).toBe(0)
    cluster.objects = [...cluster.objects, crashingPod('web-1')]
    await patrol(home, later(home, 10))
    expect(home.faults().map(({ resource, source }) => [resource.name, source])).toEqual([['web-1', 'reconcile']])
  })

  test('asks a server that can to tell again what was told since the last one', async () => {
    const home = await house(['east'])
    const asked: unknown[] = []
    const open: typeof openSession = async (options) => {
      const session = await openSession(options)
      return {
        ...session,
        tools: async () => [{ name: 'events_subscribe', arguments: ['since'] }, ...(await session.tools()).slice(1)],
        call: (tool, args) => {
          if (tool === 'events_subscribe') asked.push(args.since)
          return session.call(tool, args)
        },
      }
    }
    await patrol(home, { open })
    const left = home.row('east').blindSince
    await patrol(home, { ...later(home, 10), open })
    expect(asked).toHaveLength(2)
    expect(asked[1]).toBe(left)
  })

  test('goes on past a server that hangs, and says so', async () => {
    const home = await house(names)
    home.server.at('west').silent = true
    expect((await patrol(home)).seconds).toBeLessThan(10)
    expect(home.row('east').status).toBe('patrol')
    const { clusters, summary } = await healthOf(home)
    expect(summary.unhealthy).toBe(1)
    expect(clusters.find(({ name }) => name === 'west')!.error).toContain('not answered')
  })

  test('takes over what a killed one has left', async () => {
    const home = await house(['east'])
    await home.clusterTable.insert('clusters', 'east', {
      owner: 'supervisor-1.dead',
      until: new Date(Date.now() + 600).toISOString(),
      fence: 7,
    })
    await patrol(home)
    expect(home.row('east')).toMatchObject({ status: 'patrol', fence: 8 })
  })

  test('is shared by two, and each cluster is visited once', async () => {
    const many = Array.from({ length: 20 }, (_, at) => `c${at}`)
    const home = await house(many)
    await Promise.all(['supervisor-1', 'supervisor-2'].map((name) => home.supervise(name, { settings }).done))
    for (const name of many) {
      expect(home.row(name)).toMatchObject({ status: 'patrol', fence: 1 })
      expect(home.server.at(name).streams).toBe(1)
    }
  })

  test('loses no fault that lasts, whatever dies and goes wrong', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { violations } = await simulate(seed, { patrolSeconds: 6, climate: { kind: 'watch' } })
      expect(violations, `seed ${seed}`).toEqual([])
    }
    const unlooked = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
        simulate(seed, { patrolSeconds: 6, blind: true, climate: { kind: 'watch' } }),
      ),
    )
    expect(unlooked.some(({ violations }) => violations.some((one) => one.includes('LOST')))).toBe(true)
  })
})
