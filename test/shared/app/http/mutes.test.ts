import { beforeEach, describe, expect, test } from 'vitest'
import { muteByLink } from '../../../../shared/app/http/mute-by-link.ts'
import { acknowledgeIncident, type MutePlatform, mutes, unmute } from '../../../../shared/app/http/mutes.ts'
import { mutesOfFile } from '../../../../shared/incident/mute.ts'
import { muteBook } from '../../../../shared/incident/mute-book.ts'
import { ownDoor } from '../../../fakes/own-door.ts'
import { incident } from '../../report/sample.ts'
import { type World, world } from '../../triage/world.ts'

let there: World
let platform: MutePlatform & Parameters<typeof muteByLink>[0]
beforeEach(() => {
  there = world()
  const { store, clock, random, control } = there.deps
  const book = muteBook({ control, clock, random })
  const file = {
    mutes: [{ name: ['batch-*'], until: '2026-01-13T00:00:00Z', reason: 'migration' }],
    maintenance: [],
  }
  platform = {
    ...{ store, clock, random, muteBook: book },
    door: async () => ownDoor,
    mutes: async () => [...mutesOfFile(file, clock.now()), ...(await book.list())],
  }
})
const post = (body: unknown) =>
  mutes(platform, { method: 'POST', text: async () => (typeof body === 'string' ? body : JSON.stringify(body)) })
const get = async () =>
  (await mutes(platform, { method: 'GET', text: async () => '' })).jsonBody as { mutes: unknown[] }
const form = (fields: Record<string, string>) => ({
  method: 'POST',
  headers: { get: () => 'text/html' },
  query: new URLSearchParams(),
  text: async () => new URLSearchParams(fields).toString(),
})

describe('POST /api/mutes', () => {
  test('makes one that is listed beside those of the file, and can be taken back', async () => {
    const body = { namespace: 'shop', class: ['crash', 'image'], until: '2026-01-12T12:00:00Z', reason: 'load test' }
    const made = await post(body)
    expect(made).toMatchObject({ status: 201, jsonBody: { words: 'namespace shop, class crash or image' } })
    const { id } = made.jsonBody as { id: string }
    expect((await get()).mutes).toMatchObject([
      { source: 'file', reason: 'migration' },
      { id, source: 'asked' },
    ])
    expect((await unmute(platform, id)).status).toBe(200)
    expect((await get()).mutes).toHaveLength(1)
    expect((await unmute(platform, id)).status).toBe(404)
  })
  test('what stands in clusters.yaml is taken out there', async () => {
    const [{ id }] = (await get()).mutes as [{ id: string }]
    expect(await unmute(platform, id)).toMatchObject({ status: 409, jsonBody: { error: /clusters\.yaml/ } })
  })
  test.each([
    ['{', 'no JSON'],
    [{ until: '2026-01-12T12:00:00Z', reason: 'x' }, 'must say what is muted'],
    [{ name: 'web', reason: 'x' }, 'until'],
    [{ name: 'web', until: '2026-01-12T12:00:00Z' }, 'reason: is required'],
    [{ name: 'web', until: '2026-01-12T09:00:00Z', reason: 'x' }, 'lies in the past'],
    [{ name: 'web', until: '2027-01-12T09:00:00Z', reason: 'x' }, 'clusters.yaml'],
    [{ nmae: 'web', until: '2026-01-12T12:00:00Z', reason: 'x' }, 'Did you mean name?'],
  ])('%j is refused with what to do', async (body, said) => {
    const { status, jsonBody } = await post(body)
    expect(status).toBe(400)
    expect((jsonBody as { error: string }).error).toContain(said)
  })
})

describe('the mute link', () => {
  test('shows at a look what it can mute, and mutes by its form alone', async () => {
    await there.deps.store.insert(incident({ status: 'reported' }))
    const { incidentId } = incident()
    const look = await muteByLink(platform, incidentId, { ...form({}), method: 'GET' })
    expect(look.body).toContain('for a week')
    expect(await platform.muteBook.list()).toEqual([])
    const done = await muteByLink(platform, incidentId, form({ for: '24h', scope: 'object', reason: '', by: 'ada' }))
    expect(done.body).toContain('Muted until')
    expect(await platform.muteBook.list()).toMatchObject([
      {
        match: { cluster: ['east'], namespace: ['shop'], kind: ['Deployment'], name: ['web'] },
        until: '2026-01-13T09:41:00.000Z',
        by: 'ada',
      },
    ])
  })
  test('an object in no namespace mutes itself and never its cluster', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', namespace: '', name: 'worker-1', uid: 'u9' }
    const one = incident({ status: 'reported', namespace: '', resource: node, owner: node })
    await there.deps.store.insert(one)
    const refused = await muteByLink(platform, one.incidentId, form({ for: '1h', scope: 'namespace' }))
    expect(refused).toMatchObject({ status: 400, jsonBody: { error: expect.stringContaining('is in no namespace') } })
    expect(await platform.muteBook.list()).toEqual([])
    expect((await muteByLink(platform, one.incidentId, form({ for: '1h' }))).status).toBe(200)
    expect(await platform.muteBook.list()).toMatchObject([
      { match: { cluster: ['east'], kind: ['Node'], name: ['worker-1'] } },
    ])
  })
  test('a name from a cluster is no pattern', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: '*', uid: 'u9' }
    const one = incident({ status: 'reported', resource: pod, owner: pod })
    await there.deps.store.insert(one)
    expect((await muteByLink(platform, one.incidentId, form({ for: '1h', scope: 'object' }))).status).toBe(409)
    expect(await platform.muteBook.list()).toEqual([])
  })
  test('said again with other words it replaces the first, and can be shortened', async () => {
    await there.deps.store.insert(incident({ status: 'reported' }))
    const { incidentId } = incident()
    for (const [hours, reason] of [
      ['7d', 'first'],
      ['1h', 'second'],
    ] as const)
      await muteByLink(platform, incidentId, form({ for: hours, reason }))
    expect(await platform.muteBook.list()).toMatchObject([{ until: '2026-01-12T10:41:00.000Z', reason: 'second' }])
  })
  test.each(['POST', 'DELETE'])('by %s it ends what it may ask for, and nothing else', async (method) => {
    await there.deps.store.insert(incident({ status: 'reported' }))
    const { incidentId } = incident()
    const until = new Date('2026-01-12T12:00:00Z')
    await platform.muteBook.add({ match: { cluster: ['east'] }, until, reason: 'all of it' })
    const look = () => muteByLink(platform, incidentId, { ...form({}), method: 'GET' })
    expect((await look()).body).not.toContain('End it')
    await muteByLink(platform, incidentId, form({ for: '1h', scope: 'namespace' }))
    await muteByLink(platform, incidentId, form({ for: '1h', scope: 'object' }))
    expect((await look()).body).toContain('End it')
    const done = await muteByLink(platform, incidentId, { ...form({ for: 'end' }), method })
    expect(done.body).toContain('The mute is ended')
    expect(await platform.muteBook.list()).toMatchObject([{ reason: 'all of it' }])
  })
  test('a double click mutes once; what no form sends is refused', async () => {
    await there.deps.store.insert(incident({ status: 'reported' }))
    const { incidentId } = incident()
    for (const hours of ['1h', '1h']) await muteByLink(platform, incidentId, form({ for: hours, scope: 'namespace' }))
    expect(await platform.muteBook.list()).toHaveLength(1)
    expect((await muteByLink(platform, incidentId, form({ for: '9y' }))).status).toBe(400)
    expect((await muteByLink(platform, incidentId, form({ for: '1h', scope: 'cluster' }))).status).toBe(400)
    expect((await muteByLink(platform, 'east.0123456789abcdef.9', form({ for: '1h' }))).status).toBe(404)
  })
})

test('acknowledged once, however often it is said; what is over cannot be', async () => {
  await there.deps.store.insert(incident({ status: 'reported' }))
  const { incidentId } = incident()
  const ack = (body: string) => acknowledgeIncident(platform, incidentId, { text: async () => body })
  expect(await ack('{"by":"ada"}')).toMatchObject({ status: 200, jsonBody: { acknowledged: { by: 'ada' } } })
  await muteByLink(platform, incidentId, form({ for: 'acknowledge', by: 'ada' }))
  const { steps } = (await there.deps.store.byId(incidentId))!
  expect(steps.filter(({ note }) => note === 'Acknowledged by ada')).toHaveLength(1)
  await there.deps.store.move((await there.deps.store.current(incidentId))!, 'resolved', {
    at: new Date(0),
    note: 'over',
  })
  expect((await ack('')).status).toBe(409)
})

test('no secret that somebody gives as a reason is kept, and no character that steers', async () => {
  const planted = `ghp_${'Q7xK2mVw'.repeat(5).slice(0, 36)}`
  const until = new Date(there.deps.clock.now().getTime() + 3_600_000).toISOString()
  const given = await post({ name: ['web'], until, reason: `key ${planted}\u001b[2J\u202e`, by: planted })
  expect(given.status).toBe(201)
  const seen = JSON.stringify([given, await get()])
  expect(seen).toContain('key ‹redacted:')
  for (const gone of [planted, '\\u001b', '\u202e']) expect(seen).not.toContain(gone)
})
