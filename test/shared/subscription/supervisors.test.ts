import { describe, expect, test } from 'vitest'
import type { Table } from '../../../shared/runtime/table.ts'
import { openSession } from '../../../shared/subscription/session.ts'
import { aFault, crashingPod, fast, type House, house, namespaceObject, until } from './supervised.ts'

const names = (count: number) => Array.from({ length: count }, (_, at) => `c${at}`)
const owners = (home: House) => new Set(home.clusterTable.rows().map((row) => String(row.fields.owner).split('.')[0]))
const allActive = (home: House, of: readonly string[]) =>
  until('all are active', () => of.every((name) => home.row(name).status === 'active'))

/** Parts of a supervisor that stop in the middle of everything, as a killed process does: nothing is given back. */
function mortal(home: House) {
  let dead = false
  const never = new Promise<never>(() => {})
  const guarded = (table: Table): Table => ({
    get: (...args) => (dead ? never : table.get(...args)),
    insert: (...args) => (dead ? never : table.insert(...args)),
    replace: (...args) => (dead ? never : table.replace(...args)),
    replaceAll: (...args) => (dead ? never : table.replaceAll(...args)),
    remove: (...args) => (dead ? never : table.remove(...args)),
    list: (...args) => (dead ? never : table.list(...args)),
  })
  const { tables, queue } = home.deps
  /** The dead have no patience: the waits that end a window are cut short. */
  const { clock } = home.deps
  const sleep = (ms: number, signal?: AbortSignal) => clock.sleep(dead && ms > 1_000 ? ms / 20 : ms, signal)
  return {
    changes: {
      clock: { ...clock, sleep },
      tables: { clusters: guarded(tables.clusters), control: guarded(tables.control) },
      queue: { send: (body: string) => (dead ? never : queue.send(body)) },
      open: (options: Parameters<typeof openSession>[0]) =>
        openSession({ ...options, onNotice: (params) => (dead ? undefined : options.onNotice(params)) }),
    },
    kill: () => {
      dead = true
    },
  }
}

describe('two supervisors', () => {
  test('share the clusters, and never hold one at once', async () => {
    const home = await house(names(10))
    home.supervise('supervisor-1')
    await allActive(home, names(10))
    home.supervise('supervisor-2')
    const held = (name: string) =>
      home.clusterTable.rows().filter((row) => String(row.fields.owner).startsWith(name)).length
    await until('both have some', () => held('supervisor-2') >= 4 && held('supervisor-1') >= 4)
    await allActive(home, names(10))
    // One row, one owner: what could go wrong is a watch that outlives its lease.
    await until('one session each', () => names(10).every((name) => home.server.at(name).sessions.size === 1))
    for (const name of names(10)) home.server.emit(name, aFault())
    await until('each fault comes', () => home.faults().length >= 10)
    expect(home.faults()).toHaveLength(10)
  })

  test('one that is killed is replaced within two lease times, and what happened meanwhile is found', async () => {
    const home = await house(names(4))
    const { changes, kill } = mortal(home)
    home.supervise('supervisor-1', changes)
    await allActive(home, names(4))
    home.supervise('supervisor-2')
    await until('both have some', () => owners(home).size === 2)
    const orphans = names(4).filter((name) => home.row(name).owner.startsWith('supervisor-1'))
    kill()
    const killedAt = performance.now()
    for (const name of orphans) home.server.at(name).objects = [crashingPod(`late-${name}`), namespaceObject('shop')]
    await until('the other has all', () => [...owners(home)].join() === 'supervisor-2')
    expect(performance.now() - killedAt).toBeLessThan(2 * fast.LEASE_SECONDS * 1000)
    const found = () => new Set(home.faults().map(({ resource }) => resource.name))
    await until('nothing is missed', () => orphans.every((name) => found().has(`late-${name}`)))
    for (const name of orphans) expect(home.row(name).blindMilliseconds).toBeGreaterThan(0)
  })

  test('hand over at the end of a window: of a thousand faults none is lost, and nobody was blind', async () => {
    const home = await house(names(5))
    let stop = false
    let windows = 0
    const again = async (name: string, delay: number) => {
      await new Promise((resolve) => setTimeout(resolve, delay))
      while (!stop) {
        await home.supervise(name, { settings: { ...fast, SUPERVISOR_WINDOW_SECONDS: 2 } }).done
        windows += 1
      }
    }
    const loops = [again('supervisor-1', 0), again('supervisor-2', 900)]
    await allActive(home, names(5))
    const sent: string[] = []
    let unheard = 0
    for (let at = 0; at < 1_000; at++) {
      const fault = aFault()
      if (home.server.emit(`c${at % 5}`, fault) > 0) sent.push(fault.faultId)
      else unheard += 1
      await new Promise((resolve) => setTimeout(resolve, 4))
    }
    stop = true
    await Promise.all(loops)
    const arrived = new Set(home.faults().map(({ faultId }) => faultId))
    expect(windows).toBeGreaterThan(3)
    expect(sent.filter((id) => !arrived.has(id))).toEqual([])
    expect(unheard).toBe(0)
  })

  test('clusters of a higher priority are connected first', async () => {
    const home = await house(names(8))
    const cluster = (name: string, priority: number) => ({
      name,
      priority,
      mcp: { endpoint: home.server.endpoint(name) },
    })
    home.configure([...names(8).map((name) => cluster(name, 0)), cluster('late', 9), cluster('later', 5)])
    const opened: string[] = []
    const { stop } = home.supervise('supervisor-1', {
      open: (options) => {
        opened.push(options.endpoint.split('/').at(-2) ?? '')
        return openSession(options)
      },
    })
    await allActive(home, [...names(8), 'late', 'later'])
    await stop()
    expect(opened.slice(0, 2)).toEqual(['late', 'later'])
    expect(new Set(opened).size).toBe(10)
  })

  test('a zombie that comes back finds its rows taken, and sends nothing more', async () => {
    const home = await house(['east'])
    let frozen = false
    const waiting: (() => void)[] = []
    const thaw = () => {
      frozen = false
      for (const go of waiting.splice(0)) go()
    }
    const stall = () => (frozen ? new Promise<void>((go) => waiting.push(go)) : Promise.resolve())
    const { clusters } = home.deps.tables
    const frozenTable: Table = {
      ...clusters,
      list: async (query) => {
        await stall()
        return clusters.list(query)
      },
      replace: async (row, fields) => {
        await stall()
        return clusters.replace(row, fields)
      },
      replaceAll: async (writes) => {
        await stall()
        return clusters.replaceAll(writes)
      },
    }
    home.supervise('supervisor-1', { tables: { ...home.deps.tables, clusters: frozenTable } })
    await allActive(home, ['east'])
    frozen = true
    home.supervise('supervisor-2')
    await until('the other has it', () => [...owners(home)].join() === 'supervisor-2')
    await allActive(home, ['east'])
    expect(home.server.at('east').sessions.size).toBe(1)
    thaw()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect([...owners(home)]).toEqual(['supervisor-2'])
    home.server.emit('east', aFault())
    await until('it is heard once', () => home.faults().length === 1)
  })
})

describe('a window', () => {
  test('ends by its own deadline, gives its leases back, and says what it did', async () => {
    const home = await house(['east', 'west'])
    const summary = await home.supervise('supervisor-1', { settings: { ...fast, SUPERVISOR_WINDOW_SECONDS: 0.6 } }).done
    expect(summary).toMatchObject({ clustersHeld: 2, leasesLost: 0 })
    expect(summary.seconds).toBeLessThan(1.5)
    expect(home.row('east')).toMatchObject({ owner: '', status: 'disconnected', offered: false })
    expect(home.row('east').blindSince).not.toBe('')
    expect(home.server.at('east').sessions.size).toBe(0)
  })

  test('ends at the signal, with what it heard in the queue', async () => {
    const home = await house()
    const running = home.supervise()
    await allActive(home, ['east'])
    for (let at = 0; at < 50; at++) home.server.emit('east', aFault())
    await new Promise((resolve) => setTimeout(resolve, 30))
    await running.stop()
    expect(home.faults()).toHaveLength(50)
    expect(home.row('east').owner).toBe('')
  })

  test('ends in time although storage hangs and a server does not answer', async () => {
    const home = await house(['east', 'west'])
    const { changes, kill } = mortal(home)
    home.server.at('east').silent = true
    const running = home.supervise('supervisor-1', changes)
    await until('it is at work', () => home.row('west').status === 'active')
    kill()
    const startedAt = performance.now()
    await running.stop()
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  test('goes on through storage that fails now and then', async () => {
    const home = await house(['east', 'west'])
    let seed = 7
    const flaky =
      <A extends unknown[], R>(act: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
        if (seed / 2 ** 31 < 0.3) throw new Error('503: server busy')
        return act(...args)
      }
    const { clusters, control } = home.deps.tables
    const through = (table: Table): Table => ({
      ...table,
      list: flaky(table.list),
      replace: flaky(table.replace),
      replaceAll: flaky(table.replaceAll),
      insert: flaky(table.insert),
    })
    home.supervise('supervisor-1', { tables: { clusters: through(clusters), control: through(control) } })
    await allActive(home, ['east', 'west'])
    home.server.emit('east', aFault())
    await until('faults flow', () => home.faults().length === 1)
  })
})

describe('the configuration', () => {
  const entry = (home: House, name: string, more: object = {}) => ({
    name,
    mcp: { endpoint: home.server.endpoint(name) },
    ...more,
  })

  test('is taken up while running: added, removed, modified, switched off', async () => {
    const home = await house(['east', 'west'])
    home.supervise()
    await allActive(home, ['east', 'west'])
    home.configure([entry(home, 'east', { labels: { tier: 'gold' } }), entry(home, 'south')])
    await until('south is watched', () => home.row('south').status === 'active')
    await until('west is marked', () => home.row('west').removed)
    expect(home.row('west')).toMatchObject({ owner: '', status: 'disconnected' })
    await until('its session is over', () => home.server.at('west').sessions.size === 0)
    await until(
      'east has its label',
      () => home.row('east').labels === '{"tier":"gold"}' && home.row('east').status === 'active',
    )
    home.server.emit('east', aFault())
    await until('so have its faults', () => home.faults()[0]?.labels.tier === 'gold')
    home.configure([entry(home, 'east', { enabled: false }), entry(home, 'south')])
    await until('east is off', () => !home.row('east').enabled)
    expect(home.row('east')).toMatchObject({ owner: '', removed: false, blindSince: '' })
    home.configure([entry(home, 'east'), entry(home, 'south')])
    await until('east is on', () => home.row('east').enabled && home.row('east').status === 'active')
  })

  test('that is wrong now removes nobody', async () => {
    const home = await house(['east', 'west'])
    home.supervise()
    await allActive(home, ['east', 'west'])
    home.configure([entry(home, 'east')], 'clusters.yaml is wrong')
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(home.row('west')).toMatchObject({ removed: false, status: 'active' })
  })
})
