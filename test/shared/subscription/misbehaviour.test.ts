import { describe, expect, test } from 'vitest'
import { aFault, crashingPod, house, namespaceObject, until } from './supervised.ts'

const active = (home: Awaited<ReturnType<typeof house>>, name: string) =>
  until(`${name} is active`, () => home.row(name).status === 'active')

describe('a fault on its way', () => {
  test('comes into the queue under our name of the cluster, with its labels, once', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    expect(home.server.emit('east', aFault({ faultId: '9d55a47c4d78b8f4', extra: { kept: true } }))).toBe(1)
    await until('it is queued', () => home.faults().length === 1)
    expect(home.faults()[0]).toMatchObject({
      faultId: '9d55a47c4d78b8f4',
      cluster: 'east',
      labels: { region: 'east' },
      source: 'notification',
      extra: { kept: true },
    })
    await until('it is counted', () => home.row('east').eventCount === 1, 2_000)
    expect(home.row('east')).toMatchObject({ status: 'active', error: '', source: 'subscribed' })
  })

  test('is packed with others, and none is lost among a thousand', async () => {
    const home = await house(['east', 'west'])
    // A flood in one process with its servers: a ping of 0.4 s would measure the machine.
    home.supervise('supervisor-1', { times: { pingMs: 60_000, checkMs: 60_000 } })
    await active(home, 'east')
    await active(home, 'west')
    for (let at = 0; at < 500; at++) for (const name of ['east', 'west']) home.server.emit(name, aFault())
    await until('all are queued', () => home.faults().length === 1_000)
    expect(new Set(home.faults().map(({ faultId }) => faultId)).size).toBe(1_000)
    expect(home.messages().filter(({ type }) => type === 'faults').length).toBeLessThan(100)
  })

  test('asks in the known order: level, tools, stream, subscription', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    expect(home.server.at('east').methods.slice(0, 5)).toEqual([
      'initialize',
      'notifications/initialized',
      'logging/setLevel',
      'tools/list',
      'tools/call events_subscribe',
    ])
  })
})

describe('a server that misbehaves harms nobody else and loses nothing', () => {
  test('a subscribe that hangs is cut and said why, the cluster is looked at meanwhile, and it works once it can', async () => {
    const home = await house(['east', 'west'])
    Object.assign(home.server.at('east'), { hangSubscribe: true, objects: [crashingPod('web-1')] })
    home.supervise()
    await active(home, 'west')
    await until('east is polled', () => home.row('east').source === 'polled')
    expect(home.row('east').note).toMatch(/events_subscribe did not answer in 0.4 s, .* may not list and watch pods/)
    await until('its fault is found', () => home.faults().length === 1)
    expect(home.row('west').errorCount).toBe(0)
    home.server.at('east').hangSubscribe = false
    await until('east is subscribed', () => home.row('east').source === 'subscribed')
    home.server.emit('east', aFault())
    await until('its fault comes', () => home.faults().length === 2)
  })

  test('a subscribe that is refused leaves the cluster looked at, in the server’s words', async () => {
    const home = await house()
    const refusal = 'server has reached maximum subscriptions (100)'
    Object.assign(home.server.at('east'), { refuseSubscribe: refusal, objects: [crashingPod('web-1')] })
    home.supervise()
    await until('it is polled', () => home.row('east').source === 'polled')
    await until('its fault is found', () => home.faults().length === 1)
    expect(home.row('east')).toMatchObject({
      status: 'active',
      source: 'polled',
      note: expect.stringContaining(refusal),
    })
    home.server.at('east').refuseSubscribe = ''
    await until('it is subscribed', () => home.row('east').source === 'subscribed')
  })

  test('a subscription cancelled in silence is made anew, and what happened meanwhile is found', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.cancelSilently('east')
    home.server.at('east').watchers.length = 0
    home.server.at('east').objects = [crashingPod('web-1')]
    expect(home.server.emit('east', aFault())).toBe(0)
    await until('it is subscribed again', () => home.server.at('east').subscriptions.size === 1)
    await until('the look finds it', () => home.faults().some(({ resource }) => resource.name === 'web-1'))
    expect(home.faults()[0]).toMatchObject({ source: 'reconcile', faultType: 'CrashLoop', cluster: 'east' })
  })

  test('watchers of old subscriptions that go on sending are not heard twice', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.cancelSilently('east')
    await until('it is subscribed again', () => home.server.at('east').subscriptions.size === 1)
    await until('it knows its new id', () => home.row('east').status === 'active')
    expect(home.server.emit('east', aFault())).toBe(2)
    await until('it is queued', () => home.faults().length > 0)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(home.faults()).toHaveLength(1)
  })

  test('a stream that is cut is opened again, and the lost subscription noticed', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    await new Promise((resolve) => setTimeout(resolve, 50))
    home.server.dropStreams('east')
    home.server.emit('east', aFault())
    expect(home.server.at('east').subscriptions.size).toBe(0)
    await until('it listens again', () => home.server.at('east').subscriptions.size === 1)
    await active(home, 'east')
    // Between subscription and stream this server cancels again whatever it cannot deliver; a crash loop comes again too.
    await until('the next fault comes', () => {
      if (home.faults().length === 0) home.server.emit('east', aFault())
      return home.faults().length > 0
    })
  })

  test('a restart of the server is a reconnect', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.restart('east')
    await until('a new subscription', () => home.server.at('east').subscriptions.size === 1)
    await active(home, 'east')
    home.server.emit('east', aFault())
    await until('the next fault comes', () => home.faults().length === 1)
  })

  test('a server that forgets sessions without cutting anything is noticed by the ping', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.at('east').sessions.clear()
    home.server.at('east').subscriptions.clear()
    await until('a new subscription', () => home.server.at('east').subscriptions.size === 1)
    await until('it is counted', () => home.row('east').errorCount > 0)
  })

  test('a server that gives a subscription up is subscribed to again', async () => {
    const home = await house()
    home.supervise('supervisor-1', { times: { pingMs: 60_000, checkMs: 60_000 } })
    await active(home, 'east')
    home.server.notify('east', {
      level: 'warning',
      logger: 'kubernetes/subscription_error',
      data: { error: 'gone', degraded: true },
    })
    await until('a second subscription', () => home.server.at('east').subscriptions.size === 2)
  })

  test.each([
    [
      '401',
      (at: Switches) => Object.assign(at, { token: 'right' }),
      /asks for a credential \(401.*none is configured: set mcp.api_key/,
    ],
    [
      '404',
      (at: Switches) => Object.assign(at, { status: 404 }),
      /has no MCP server \(404\): check the path of mcp.endpoint/,
    ],
    ['500', (at: Switches) => Object.assign(at, { status: 500 }), /fails \(500: no\)/],
    ['a web page', (at: Switches) => Object.assign(at, { html: true }), /answers initialize with a web page/],
    [
      'a redirect',
      (at: Switches) => Object.assign(at, { redirect: 'https://other.example/x?secret=1' }),
      /redirects to https:\/\/other.example\/x: put the final address/,
    ],
    [
      'nothing',
      (at: Switches) => Object.assign(at, { silent: true }),
      /initialize was not answered by .* within 0.4 s/,
    ],
  ])('%s is said in one sentence, and the neighbour is watched', async (_, misbehave, sentence) => {
    const home = await house(['east', 'west'])
    misbehave(home.server.at('east'))
    home.supervise()
    await until('east has failed', () => home.row('east').status === 'failed' && home.row('east').errorCount > 1)
    await active(home, 'west')
    expect(home.row('east').error).toMatch(sentence)
    expect(home.row('east').error).not.toContain('secret=1')
    expect(home.row('west')).toMatchObject({ status: 'active', errorCount: 0 })
    home.server.emit('west', aFault())
    await until('the neighbour is heard', () => home.faults().length === 1)
  })

  test('nobody listening is said, and no key in the address', async () => {
    const home = await house()
    home.configure([{ name: 'east', mcp: { endpoint: 'http://127.0.0.1:1/mcp?key=secret' } }])
    home.supervise()
    await until('it has failed', () => home.row('east').status === 'failed')
    expect(home.row('east').error).toMatch(/^http:\/\/127.0.0.1:1\/mcp cannot be reached: nothing listens there/)
    expect(home.row('east').error).not.toContain('secret')
  })

  test('a key that cannot be had is said', async () => {
    const home = await house()
    home.supervise('supervisor-1', {
      resolveApiKey: async () => {
        throw new Error('There is no secret mcp-east: create it in the vault.')
      },
    })
    await until('it has failed', () => home.row('east').status === 'failed')
    expect(home.row('east').error).toMatch(/There is no secret mcp-east/)
  })

  test('the key is sent as a bearer token', async () => {
    const home = await house()
    home.server.at('east').token = 'k3y'
    home.configure([{ name: 'east', mcp: { endpoint: home.server.endpoint('east'), api_key: 'k3y' } }])
    home.supervise()
    await active(home, 'east')
  })
})
type Switches = ReturnType<Awaited<ReturnType<typeof house>>['server']['at']>

describe('bad faults', () => {
  test('one that fails the schema is kept aside with its cluster, counted, and the next one comes', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.emit('east', aFault({ resource: { kind: 'Pod' } }))
    home.server.emit('east', aFault())
    await until('the good one comes', () => home.faults().length === 1)
    await until('the bad one is kept', async () => (await home.letters()).length === 1)
    expect(JSON.parse((await home.letters())[0]!)).toMatchObject({
      version: 1,
      queue: 'faults',
      cluster: 'east',
      reason: expect.stringContaining('resource.name'),
      body: { resource: { kind: 'Pod' } },
    })
    await until('it is counted', () => home.row('east').errorCount === 1, 2_000)
    expect(home.row('east').status).toBe('active')
  })

  test('what is not JSON is kept aside, and the stream goes on', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.raw('east', 'event: message\ndata: {"jsonrpc": oops\n\n')
    home.server.emit('east', aFault())
    await until('the good one comes', () => home.faults().length === 1)
    expect((await home.letters())[0]).toContain('not JSON')
  })

  test('a megabyte of context is cut', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.emit('east', aFault({ context: 'x'.repeat(1_000_000) }))
    await until('it comes', () => home.faults().length === 1)
    expect(home.faults()[0]!.context).toHaveLength(4_000)
  })

  test('a megabyte of unknown fields is left out of the queue and kept aside whole', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.emit('east', aFault({ attachment: 'x'.repeat(1_000_000) }))
    await until('it comes', () => home.faults().length === 1)
    expect(home.faults()[0]).not.toHaveProperty('attachment')
    await until('the whole is kept', async () => ((await home.letters())[0]?.length ?? 0) > 1_000_000)
  })

  test('a type nobody knows goes its way', async () => {
    const home = await house()
    home.supervise()
    await active(home, 'east')
    home.server.emit('east', aFault({ faultType: 'GremlinAttack' }))
    await until('it comes', () => home.faults()[0]?.faultType === 'GremlinAttack')
  })
})

describe('looking at the cluster', () => {
  test.each(['structured', 'yaml', 'table'] as const)(
    'finds what was broken before, in a list of form %s',
    async (form) => {
      const home = await house()
      Object.assign(home.server.at('east'), {
        form,
        objects: [crashingPod('web-1'), crashingPod('web-2'), namespaceObject('shop')],
      })
      home.supervise()
      await until('both are found', () => home.faults().length === 2)
      expect(home.faults().map(({ resource }) => resource.name)).toEqual(['web-1', 'web-2'])
      await until('the look is told', () => home.messages().some(({ type }) => type === 'observed'))
      expect(home.messages().find(({ type }) => type === 'observed')).toMatchObject({ cluster: 'east' })
    },
  )

  test('gives a fault the id that the server itself would give it', async () => {
    const home = await house()
    home.server.at('east').objects = [crashingPod('web-1'), namespaceObject('shop')]
    home.server.at('east').ownName = ''
    home.supervise()
    await until('it is found', () => home.faults().length === 1)
    const { faultIdOf } = await import('../../../shared/faults/fault-id.ts')
    expect(home.faults()[0]!.faultId).toBe(faultIdOf('', 'CrashLoop', 'uid-web-1', 'web'))
  })

  test('does not tell again what a notice told', async () => {
    const home = await house()
    home.supervise('supervisor-1', { settings: { ...home.deps.settings, RECONCILE_SECONDS: 0.15 } })
    await active(home, 'east')
    const pod = crashingPod('web-1')
    home.server.emit(
      'east',
      aFault({ resource: { apiVersion: 'v1', kind: 'Pod', name: 'web-1', namespace: 'shop', uid: 'uid-web-1' } }),
    )
    home.server.at('east').objects = [pod, namespaceObject('shop')]
    const looks = () => home.messages().filter((one) => one.type === 'observed' && one.keys.length > 0).length
    await until('some looks', () => looks() > 2)
    expect(home.faults()).toHaveLength(1)
  })

  test('a server without fault events is looked at on every beat, and that is its source', async () => {
    const home = await house()
    const healthy = { ...crashingPod('well'), status: { phase: 'Running' } }
    home.server.at('east').plain = true
    home.supervise('supervisor-1', { settings: { ...home.deps.settings, RECONCILE_SECONDS: 0.1 } })
    await active(home, 'east')
    expect(home.row('east')).toMatchObject({ source: 'polled', note: expect.stringContaining('emits no faults') })
    home.server.at('east').objects = [crashingPod('web-1'), namespaceObject('shop')]
    await until('it is found', () => home.faults().length === 1)
    home.server.at('east').objects = [healthy, namespaceObject('shop')]
    const empty = () => home.messages().filter((one) => one.type === 'observed' && one.keys.length === 0).length
    const before = empty()
    await until('its end is seen', () => empty() > before + 1)
    home.server.at('east').objects = [crashingPod('web-1'), namespaceObject('shop')]
    await until('its return is told', () => home.faults().length === 2)
  })

  test('two failing containers of one pod are told once, however often it is looked at', async () => {
    const home = await house()
    const pod = crashingPod('web-1')
    const [web] = pod.status.containerStatuses
    const both = { ...pod.status, containerStatuses: [web!, { ...web!, name: 'proxy' }] }
    Object.assign(home.server.at('east'), { plain: true, objects: [{ ...pod, status: both }, namespaceObject('shop')] })
    home.supervise('supervisor-1', { settings: { ...home.deps.settings, RECONCILE_SECONDS: 0.1 } })
    const looks = () => home.messages().filter((one) => one.type === 'observed' && one.keys.length > 0).length
    await until('three looks', () => looks() > 3)
    expect(home.faults().map(({ container }) => container)).toEqual(['web', 'proxy'])
  })

  test('a look that may have missed something says nothing of absence', async () => {
    const home = await house()
    Object.assign(home.server.at('east'), { forbidden: ['Pod'], objects: [namespaceObject('shop')] })
    home.supervise()
    await until('the gap is noted', () => home.row('east').note.includes('Pod'))
    expect(home.messages().filter(({ type }) => type === 'observed')).toEqual([])
    expect(home.row('east').status).toBe('active')
  })
})
