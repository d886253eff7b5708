import { describe, expect, test } from 'vitest'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { cluster, fault, message, podFault, world } from './world.ts'

const once = (id: string) => ({ id, dequeueCount: 1 })

describe('one fault', () => {
  test('becomes one incident with one agent', async () => {
    const w = world()
    const handled = await handleTriageMessage(w.deps)(message(fault()), once('m1'))
    expect(handled).toEqual({ admissions: { opened: 1 }, deadLettered: 0, launched: [(await w.only()).incidentId] })
    const incident = await w.only()
    expect(incident).toMatchObject({
      status: 'running',
      generation: 1,
      occurrences: 1,
      fence: 1,
      namespace: 'shop',
      owner: { kind: 'Deployment', name: 'web' },
      environment: 'production',
      labels: { region: 'us-east' },
      deadline: '2026-01-12T09:46:00.000Z',
      agentStartedAt: '2026-01-12T09:41:00.000Z',
    })
    expect(incident.steps.map(({ state }) => state)).toEqual(['open', 'queued', 'running', 'running'])
    expect(w.groups.started).toHaveLength(1)
    expect(await w.slots()).toHaveLength(1)
  })

  test('sent ten times at once gives one incident with ten occurrences and one agent', async () => {
    const w = world()
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        handleTriageMessage(w.deps)(message(fault({ receivedAt: `2026-01-12T09:40:59.00${n}Z` })), once(`m${n}`)),
      ),
    )
    expect(await w.only()).toMatchObject({ occurrences: 10, status: 'running', fence: 1 })
    expect(w.groups.started).toHaveLength(1)
    expect(await w.slots()).toHaveLength(1)
  })

  test('that storage kept twice, since it was sent again after an error, is counted once', async () => {
    const w = world()
    for (let n = 0; n < 5; n++) await handleTriageMessage(w.deps)(message(fault()), once(`m${n}`))
    expect(await w.only()).toMatchObject({ occurrences: 1 })
  })

  test('ten times in one message counts ten', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message(...Array.from({ length: 10 }, () => fault())), once('m1'))
    expect(await w.only()).toMatchObject({ occurrences: 10 })
    expect(w.groups.started).toHaveLength(1)
  })

  test('handling the same message again changes nothing', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message(fault(), podFault('api')), once('m1'))
    const before = [w.incidents.rows(), w.control.rows()]
    const handled = await handleTriageMessage(w.deps)(message(fault(), podFault('api')), { id: 'm1', dequeueCount: 2 })
    expect(handled.admissions).toEqual({ 'delivered-before': 2 })
    expect([w.incidents.rows(), w.control.rows()]).toEqual(before)
    expect(w.groups.started).toHaveLength(1)
  })

  test('of thirty pods of one Deployment is one incident that names its pods', async () => {
    const w = world()
    for (let n = 0; n < 30; n++) {
      const suffix = `chf5${'bcdfghjklmnpqrstvwxz2456789bcd'[n]}`
      const resource = {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'shop',
        name: `web-6bf586c785-${suffix}`,
        uid: `u${n}`,
      }
      await handleTriageMessage(w.deps)(message(fault({ faultId: `f${n}`, resource })), once(`m${n}`))
    }
    const incident = await w.only()
    expect(incident.occurrences).toBe(30)
    expect(incident.members.length).toBeGreaterThan(20)
  })

  test('found again by a look at the cluster is no new occurrence', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message(fault()), once('m1'))
    const later = fault({ source: 'reconcile', receivedAt: '2026-01-12T09:50:00.000Z' })
    await handleTriageMessage(w.deps)(message(later), once('m2'))
    await handleTriageMessage(w.deps)(message({ ...later, faultId: 'new' }), once('m3'))
    expect(await w.only()).toMatchObject({ occurrences: 2, lastSeen: '2026-01-12T09:50:00.000Z' })
  })
})

describe('what gets no agent', () => {
  test('a fault of a cluster with triage off is recorded as skipped, with no agent and no message', async () => {
    const w = world({ clusters: [cluster('east', { enabled: false })] })
    await handleTriageMessage(w.deps)(message(fault()), once('m1'))
    expect(await w.only()).toMatchObject({ status: 'skipped', reason: expect.stringContaining('Triage is off') })
    expect(w.groups.started).toHaveLength(0)
    expect(w.results.messages).toHaveLength(0)
    expect(w.notices).toHaveLength(0)
  })

  test('a fault below the threshold is recorded as skipped, and queued when it gets worse', async () => {
    const w = world({ clusters: [cluster('east', { severity_threshold: 'critical' })] })
    await handleTriageMessage(w.deps)(message(fault({ severity: 'warning' })), once('m1'))
    expect(await w.only()).toMatchObject({
      status: 'skipped',
      reason: 'Severity warning is below the threshold of cluster east (critical)',
    })
    const again = fault({ severity: 'warning', receivedAt: '2026-01-12T09:40:59.500Z' })
    await handleTriageMessage(w.deps)(message(again), once('m2'))
    expect(await w.only()).toMatchObject({ status: 'skipped', occurrences: 2 })
    const handled = await handleTriageMessage(w.deps)(message(fault()), once('m3'))
    expect(handled.admissions).toEqual({ 'queued-again': 1 })
    const incident = await w.only()
    expect(incident).toMatchObject({ status: 'running', severity: 'critical', occurrences: 3 })
    expect(incident.reason).toBeUndefined()
  })

  test('a fault of an unknown or disabled cluster is kept aside with the reason', async () => {
    const w = world({ clusters: [cluster('east', {}, { enabled: false })] })
    const handled = await handleTriageMessage(w.deps)(message(fault(), fault({ cluster: 'moon' })), once('m1'))
    expect(handled).toMatchObject({ deadLettered: 2, admissions: {} })
    const kept = await Promise.all(w.deadLetters.names().map((name) => w.deadLetters.read(name, 10_000)))
    const letters = kept.map((blob) => JSON.parse(blob!.text))
    expect(letters.map(({ cluster: name, reason }) => [name, reason])).toEqual([
      ['east', 'Cluster east is disabled in the configuration (enabled: false)'],
      ['moon', expect.stringContaining('There is no cluster moon in the configuration')],
    ])
    expect(letters[1].body).toMatchObject({ faultId: '9d55a47c4d78b8f4' })
    expect(await w.all()).toEqual([])
  })
})

describe('bad input', () => {
  test('a malformed fault in a packed message fails alone', async () => {
    const w = world()
    const broken = { ...fault(), severity: 'terrible' }
    const handled = await handleTriageMessage(w.deps)(message(broken, 'nonsense', podFault('api')), once('m1'))
    expect(handled).toMatchObject({ deadLettered: 2, admissions: { opened: 1 } })
    expect(w.deadLetters.names()).toEqual(['2026-01-12/m1-0.json', '2026-01-12/m1-1.json'])
    const first = JSON.parse((await w.deadLetters.read('2026-01-12/m1-0.json', 10_000))!.text)
    expect(first).toMatchObject({ cluster: 'east', reason: expect.stringMatching(/^Not a fault: severity: /) })
    expect(await w.only()).toMatchObject({ owner: { name: 'api' } })
  })

  test('the same malformed fault delivered again is kept once', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message('nonsense'), once('m1'))
    await handleTriageMessage(w.deps)(message('nonsense'), { id: 'm1', dequeueCount: 2 })
    expect(w.deadLetters.names()).toHaveLength(1)
  })

  test.each([
    ['text that was no JSON', '{"version":1,'],
    ['a number', 7],
    ['nothing', undefined],
    ['an unknown type', { version: 1, type: 'surprise' }],
    ['a version of tomorrow', { version: 2, type: 'faults', faults: [] }],
  ])('a message that is %s is kept aside whole', async (_what, body) => {
    const w = world()
    const handled = await handleTriageMessage(w.deps)(body, once('m/1'))
    expect(handled).toEqual({ admissions: {}, deadLettered: 1, launched: [] })
    expect(w.deadLetters.names()).toEqual(['2026-01-12/m-1.json'])
  })

  test('a fault too large for a row is kept aside and holds up no other', async () => {
    const w = world()
    const huge = fault({
      labels: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`l${n}`, 'x'.repeat(30_000)])),
    })
    const handled = await handleTriageMessage(w.deps)(message(huge, podFault('api')), once('m1'))
    expect(handled).toMatchObject({ deadLettered: 1, admissions: { opened: 1 } })
    expect(w.deadLetters.names()).toHaveLength(1)
    expect(w.lines.join()).toContain('is too large to be kept')
  })

  test('when a row cannot be written the rest is, and the message comes back', async () => {
    const w = world()
    const insert = w.deps.store.insert
    const failing = {
      ...w.deps,
      store: {
        ...w.deps.store,
        insert: (incident: Parameters<typeof insert>[0]) => {
          if (incident.owner.name === 'api') throw new Error('503')
          return insert(incident)
        },
      },
    }
    const packed = message(fault(), podFault('api'))
    await expect(handleTriageMessage(failing)(packed, once('m1'))).rejects.toThrow(
      '1 of 2 incidents of message m1 could not be written (delivery 1): 503',
    )
    await handleTriageMessage(w.deps)(packed, { id: 'm1', dequeueCount: 2 })
    expect((await w.all()).map(({ occurrences }) => occurrences)).toEqual([1, 1])
  })
})

describe('generations', () => {
  test('a fault after its incident was resolved opens the next generation and keeps the old one', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message(fault()), once('m1'))
    const first = await w.only()
    const running = (await w.deps.store.current(first.incidentId))!
    const reported = await w.deps.store.move(running, 'reported', { at: w.clock.now(), note: 'x', fence: 1 })
    if (typeof reported === 'string') throw new Error(reported)
    await w.deps.store.move(reported, 'resolved', { at: w.clock.now(), note: 'x' })

    // The old message comes once more: it is no news.
    await handleTriageMessage(w.deps)(message(fault()), { id: 'm1', dequeueCount: 2 })
    expect(await w.only()).toMatchObject({ status: 'resolved', generation: 1 })

    const later = fault({ receivedAt: '2026-01-12T09:41:30.000Z' })
    const handled = await handleTriageMessage(w.deps)(message(later), once('m2'))
    expect(handled.admissions).toEqual({ opened: 1 })
    expect(await w.only()).toMatchObject({ generation: 2, occurrences: 1 })
    expect(await w.deps.store.byId(first.incidentId)).toMatchObject({ generation: 1, status: 'resolved' })
  })

  test('a resolved notice begins the absence, and one of nothing open is no incident', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message(fault({ resolved: true })), once('m1'))
    expect(await w.all()).toEqual([])
    await handleTriageMessage(w.deps)(message(fault()), once('m2'))
    await handleTriageMessage(w.deps)(message(fault({ resolved: true })), once('m3'))
    expect(await w.only()).toMatchObject({ absentSince: '2026-01-12T09:41:00.000Z', occurrences: 1 })
    // Long on its way: it was sent before the cluster said that the fault is over.
    await handleTriageMessage(w.deps)(message(fault({ receivedAt: '2026-01-12T09:39:00.000Z' })), once('late'))
    expect((await w.only()).absentSince).toBe('2026-01-12T09:41:00.000Z')
    await handleTriageMessage(w.deps)(message(fault({ receivedAt: '2026-01-12T09:42:00.000Z' })), once('m4'))
    expect((await w.only()).absentSince).toBeUndefined()
  })
})

describe('a complete look at a cluster', () => {
  const observed = (keys: readonly string[], observedAt: string) => ({
    version: 1,
    type: 'observed',
    cluster: 'east',
    observedAt,
    keys,
  })

  test('marks what it did not find as absent, and what it finds again as there', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message(fault(), podFault('api'), fault({ cluster: 'west' })), once('m1'))
    const web = (await w.all()).find(({ owner, cluster: of }) => owner.name === 'web' && of === 'east')!
    const look = (keys: readonly string[], at: string) =>
      handleTriageMessage(w.deps)(observed(keys, at), once(`look-${at}`))
    const absent = async () =>
      (await w.all())
        .filter(({ absentSince }) => absentSince !== undefined)
        .map(({ cluster: of, owner }) => `${of}/${owner.name}`)

    await look([web.identity], '2026-01-12T09:42:00.000Z')
    expect(await absent()).toEqual(['east/api'])
    await look([], '2026-01-12T09:43:00.000Z')
    expect((await absent()).sort()).toEqual(['east/api', 'east/web'])
    await look([web.identity], '2026-01-12T09:44:00.000Z')
    expect(await absent()).toEqual(['east/api'])
    const rows = w.incidents.rows()
    await look([web.identity], '2026-01-12T09:44:00.000Z')
    expect(w.incidents.rows()).toEqual(rows)
  })

  test('from before a fault was seen says nothing about it', async () => {
    const w = world()
    await handleTriageMessage(w.deps)(message(fault()), once('m1'))
    await handleTriageMessage(w.deps)(observed([], '2026-01-12T09:40:00.000Z'), once('m2'))
    expect((await w.only()).absentSince).toBeUndefined()
  })
})

test('a wake launches what waits', async () => {
  const w = world()
  await handleTriageMessage(w.deps)(message(fault(), podFault('api')), once('m1'))
  expect(w.groups.started).toHaveLength(1)
  const running = (await w.all()).find(({ status }) => status === 'running')!
  const stored = (await w.deps.store.current(running.incidentId))!
  await w.deps.store.move(stored, 'reported', { at: w.clock.now(), note: 'done', fence: 1 })
  await handleTriageMessage(w.deps)({ version: 1, type: 'wake' }, once('m2'))
  expect(w.groups.started).toHaveLength(2)
  expect((await w.slots()).map(({ incidentId }) => incidentId)).not.toContain(running.incidentId)
})
