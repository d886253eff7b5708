import { describe, expect, test, vi } from 'vitest'
import { AgentJob } from '../../../shared/artifacts/job.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, fault, message, permissions, podFault, start, world } from './world.ts'

const send = (w: ReturnType<typeof world>, id = 'm1') =>
  handleTriageMessage(w.deps)(message(fault()), { id, dequeueCount: 1 })
const jobOf = (w: ReturnType<typeof world>) => AgentJob.parse(JSON.parse(w.groups.started[0]!.files['job.json']!))

describe('what an agent is given', () => {
  test('is a job, the kubeconfig, and links that die soon after its deadline; without a model there is only the broker', async () => {
    const w = world()
    await send(w)
    const spec = w.groups.started[0]!
    const incident = await w.only()
    expect(spec).toMatchObject({
      name: expect.stringMatching(/^triage-[0-9a-f]{20}-1$/),
      tags: { incidentId: incident.incidentId, cluster: 'east', fence: '1', deadline: '2026-01-12T09:46:00.000Z' },
      files: { kubeconfig: 'kubeconfig of east' },
    })
    expect(spec.containers.map(({ name, entry, mountsFiles }) => [name, entry, mountsFiles])).toEqual([
      ['broker', 'broker.js', true],
    ])
    expect(Object.keys(spec.files).sort()).toEqual(['job.json', 'kubeconfig'])
    const job = jobOf(w)
    expect(job).toMatchObject({
      incident: { incidentId: incident.incidentId, fence: 1, status: 'running' },
      permissions: permissions('east'),
      deadline: '2026-01-12T09:46:00.000Z',
      allowSecretsAccess: false,
      runner: 'builtin',
      limits: { apiCalls: 400, turns: 20, tokens: 200_000, costUsd: 0.5 },
    })
    expect(job.model).toBeUndefined()
    w.bundles.followCreateLink(job.upload.bundle, 'the bundle')
    expect(w.bundles.names()).toEqual([`${incident.incidentId}/1.json.gz`])
    w.clock.pass(15 * 60)
    expect(() => w.bundles.followCreateLink(job.upload.bundle, 'late')).toThrow('this link is over')
  })

  test('with a model holds its key, and the agent beside it only an address and a token', async () => {
    const w = world({
      settings: {
        AGENT_MODEL_PROVIDER: 'anthropic',
        AGENT_MODEL: 'small',
        AGENT_MODEL_KEY: 'keyvault:model',
        ADDITIONAL_AGENT_PROMPT: 'Be brief.',
      },
      clusters: [cluster('east', { model: 'large', runner: 'goose', extra_prompt: 'Mind the shop.' })],
    })
    w.secrets.set('keyvault:model', 'key of the model')
    await send(w)
    const { files, containers } = w.groups.started[0]!
    const job = jobOf(w)
    expect(job).toMatchObject({
      model: { provider: 'anthropic', model: 'large', keyFile: 'model-key' },
      runner: 'goose',
      extraPrompt: 'Be brief.\n\nMind the shop.',
    })
    expect(files['model-key']).toBe('key of the model')
    expect(containers[1]).toMatchObject({
      name: 'agent',
      mountsFiles: false,
      environment: { NIGHTCRIER_BROKER: 'http://127.0.0.1:8700', NIGHTCRIER_TOKEN: job.token },
    })
    expect(JSON.stringify(containers)).not.toContain('key of the model')
    expect(JSON.stringify(containers)).not.toContain('kubeconfig of')
  })

  test('is told what else is wrong in the cluster, those with a verdict first', async () => {
    const w = world({
      settings: {
        AGENT_MODEL_PROVIDER: 'anthropic',
        AGENT_MODEL: 'm',
        AGENT_MODEL_KEY: 'keyvault:model',
        MAX_CONCURRENT_AGENTS_PER_CLUSTER: 3,
        SAME_CAUSE_WAIT_SECONDS: 0,
      },
      clusters: [cluster('east')],
    })
    w.secrets.set('keyvault:model', 'key of the model')
    for (const [at, name] of ['cart', 'mail'].entries())
      await handleTriageMessage(w.deps)(message(podFault(name)), { id: `m${at}`, dequeueCount: 1 })
    const mail = (await w.deps.store.list({ cluster: 'east' }, 10)).items.find(
      ({ incident }) => incident.owner.name === 'mail',
    )!
    const rootCause = 'ConfigMap/shop/mail-settings MissingKey'
    await w.deps.store.update(mail, { outcome: 'cause', rootCause })
    await handleTriageMessage(w.deps)(message(fault()), { id: 'm9', dequeueCount: 1 })
    const job = w.groups.started
      .map(({ files }) => AgentJob.parse(JSON.parse(files['job.json']!)))
      .find(({ incident }) => incident.owner.name === 'web')
    expect(job?.others?.map(({ about, cause }) => [about, cause])).toEqual([
      [
        'CrashLoop of Deployment shop/mail',
        { kind: 'ConfigMap', namespace: 'shop', name: 'mail-settings', class: 'MissingKey' },
      ],
      ['CrashLoop of Deployment shop/cart', undefined],
    ])
    expect(job?.model).toMatchObject({ caching: true })
  })

  test('lacks the model when its key is missing, and says so', async () => {
    const w = world({
      settings: { AGENT_MODEL_PROVIDER: 'anthropic', AGENT_MODEL: 'm', AGENT_MODEL_KEY: 'keyvault:model' },
    })
    await send(w)
    expect(w.groups.started[0]!.containers.map(({ name }) => name)).toEqual(['broker'])
    expect(jobOf(w).incident.steps.at(-1)!.note).toContain('The model is not asked, its key is missing')
  })
})

describe('a start that does not work', () => {
  test('for lack of a secret ends in a result, so that a report is still published', async () => {
    const w = world()
    w.secrets.clear()
    await send(w)
    const { incidentId, status } = await w.only()
    expect(status).toBe('running')
    expect(w.sent()).toEqual([
      {
        version: 1,
        incidentId,
        fence: 1,
        ended: 'not-started',
        cause: 'no-kubeconfig',
        reason: 'No kubeconfig: There is no secret keyvault:kubeconfig-east: create it in the vault.',
      },
    ])
    w.clock.pass(61)
    await sweep(w.deps)()
    expect(w.sent()).toHaveLength(1)
    expect(w.groups.started).toEqual([])
  })

  test('for lack of room waits, with its slot given back and a greater fence at the next try', async () => {
    const w = world()
    w.groups.full = true
    await send(w)
    const waiting = await w.only()
    expect(waiting).toMatchObject({ status: 'queued', fence: 1 })
    expect(waiting.deadline).toBeUndefined()
    expect(await w.slots()).toEqual([])
    w.groups.full = false
    w.clock.pass(30)
    await sweep(w.deps)()
    expect(await w.only()).toMatchObject({ status: 'running', fence: 2, deadline: '2026-01-12T09:46:30.000Z' })
    expect(w.groups.started[0]!.name).toMatch(/-2$/)
  })

  test('for one incident does not keep the others from starting', async () => {
    const w = world()
    w.secrets.delete('keyvault:kubeconfig-east')
    await handleTriageMessage(w.deps)(message(fault(), podFault('api', { cluster: 'west' })), {
      id: 'm1',
      dequeueCount: 1,
    })
    expect(w.groups.started.map(({ tags }) => tags.cluster)).toEqual(['west'])
  })
})

describe('a group is looked for before it is started', () => {
  const firsts = (w: ReturnType<typeof world>) => {
    const start = vi.spyOn(w.groups, 'start')
    return () => start.mock.calls.map(([, options]) => options?.first)
  }

  test('but by the launch that made the attempt', async () => {
    const w = world()
    const asked = firsts(w)
    await send(w)
    expect(asked()).toEqual([true])
  })

  test('also by that launch, when it was held up: the sweep may have been there', async () => {
    const w = world({
      checkPermissions: async () => {
        w.clock.pass(30)
        return permissions('east')
      },
    })
    const asked = firsts(w)
    await send(w)
    expect(asked()).toEqual([false])
  })

  test('also when the move was made, but its answer lost: somebody else may have moved it at that moment', async () => {
    const w = world()
    const asked = firsts(w)
    const { move } = w.deps.store
    const lost: typeof move = async (...input) => {
      await move(...input)
      return 'stale'
    }
    await handleTriageMessage({ ...w.deps, store: { ...w.deps.store, move: lost } })(message(fault()), {
      id: 'm1',
      dequeueCount: 1,
    })
    expect(asked()).toEqual([false])
  })

  test('by the sweep, which takes up an attempt of somebody else', async () => {
    const w = world()
    const asked = firsts(w)
    vi.spyOn(w.groups, 'start').mockRejectedValueOnce(new Error('connection reset'))
    await send(w)
    w.clock.pass(61)
    await sweep(w.deps)()
    expect(asked()).toEqual([true, false])
    expect(w.groups.started).toHaveLength(1)
  })
})

describe('permissions', () => {
  const counting = () => {
    const asked: string[] = []
    return {
      asked,
      check: async ({ name }: { name: string }) => {
        asked.push(name)
        return permissions(name)
      },
    }
  }

  test('are asked once, kept, and asked again when they are old or the credential is another', async () => {
    const { asked, check } = counting()
    const w = world({ checkPermissions: check, settings: { MAX_CONCURRENT_AGENTS_PER_CLUSTER: 5 } })
    const next = (name: string) => handleTriageMessage(w.deps)(message(podFault(name)), { id: name, dequeueCount: 1 })
    await next('a')
    await next('b')
    expect(asked).toEqual(['east'])
    w.secrets.set('keyvault:kubeconfig-east', 'another credential')
    await next('c')
    expect(asked).toEqual(['east', 'east'])
    w.clock.pass(3_601)
    await next('d')
    expect(asked).toEqual(['east', 'east', 'east'])
    expect(w.permissionRows.rows()).toHaveLength(1)
  })

  test('that cannot be asked do not keep the agent from starting', async () => {
    const w = world({
      checkPermissions: async () => {
        throw new Error('connection refused')
      },
    })
    await send(w)
    expect(jobOf(w).permissions).toBeUndefined()
    expect(jobOf(w).incident.steps.at(-1)!.note).toBe(
      'The permissions in cluster east could not be checked: connection refused',
    )
  })

  test('of a cluster that never answers are waited for ten seconds', async () => {
    let aborted = false
    const w = world({
      checkPermissions: (_cluster, _kubeconfig, signal) =>
        new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
    })
    const sent = send(w)
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(w.groups.started).toEqual([])
    w.clock.pass(10)
    await sent
    expect(w.groups.started).toHaveLength(1)
    expect(aborted).toBe(true)
  })

  test('below the minimum are a warning to the agent', async () => {
    const w = world({
      checkPermissions: async () =>
        permissions('east', { minimum_permissions_met: false, can_get_logs: false, warnings: ['cannot get pod logs'] }),
    })
    await send(w)
    expect(jobOf(w).permissions).toMatchObject({ can_get_logs: false })
    expect((await w.only()).steps.at(-1)!.note).toMatch(/^The agent was started. The credential of cluster east lacks/)
    expect(jobOf(w).incident.steps.at(-1)!.note).toContain(
      'lacks the minimum (pods, logs, events): cannot get pod logs',
    )
  })
})

describe('the limits', () => {
  test('hold while many messages come at once, and each cluster gets its turn', async () => {
    const names = ['east', 'west', 'north']
    const w = world({
      clusters: names.map((name) => cluster(name)),
      settings: { MAX_CONCURRENT_AGENTS: 4, MAX_CONCURRENT_AGENTS_PER_CLUSTER: 2 },
    })
    const faults = names.flatMap((name) =>
      Array.from({ length: name === 'east' ? 20 : 2 }, (_, n) => podFault(`app${n}`, { cluster: name })),
    )
    await Promise.all(
      faults.map((one, n) => handleTriageMessage(w.deps)(message(one), { id: `m${n}`, dequeueCount: 1 })),
    )
    const clusters = w.groups.started.map(({ tags }) => tags.cluster!)
    expect(clusters).toHaveLength(4)
    for (const name of names) expect(clusters.filter((of) => of === name).length).toBeLessThanOrEqual(2)
    expect(await w.slots()).toHaveLength(4)
    // The queue of one cluster holds ten: of twenty two run at most, and what does not fit is written down.
    const east = (await w.all()).filter(({ cluster: of }) => of === 'east')
    expect(east).toHaveLength(20)
    expect(east.filter(({ status }) => status === 'queued')).toHaveLength(10)
    const skipped = east.filter(({ status }) => status === 'skipped')
    expect(skipped.every(({ reason }) => reason === 'Overload: the queue is full (drop)')).toBe(true)
  })

  test('count a slot as free once its time is over, whatever became of its holder', async () => {
    const w = world({ settings: { MAX_CONCURRENT_AGENTS: 1 } })
    await w.control.insert('agents', 'slots', {
      holders: JSON.stringify([{ incidentId: 'x', cluster: 'x', fence: 1, until: start.toISOString() }]),
    })
    await send(w)
    expect(w.groups.started).toHaveLength(1)
  })
})
