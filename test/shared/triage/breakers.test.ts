import { expect, test } from 'vitest'
import { AgentJob } from '../../../shared/artifacts/job.ts'
import { AGENTS, CONTAINER_GROUPS, modelBreaker } from '../../../shared/runtime/breaker-names.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { sweep } from '../../../shared/triage/sweep.ts'
import { cluster, message, podFault, world } from './world.ts'

test('container groups that cannot be started are left alone, told of once, and tried by one before the others', async () => {
  const names = ['east', 'west', 'north']
  const w = world({ clusters: names.map((name) => cluster(name)) })
  let broken = true
  let tries = 0
  const start: typeof w.groups.start = async (spec) => {
    tries += 1
    if (broken) throw new Error('503 from management.azure.com')
    return w.groups.start(spec)
  }
  const deps = { ...w.deps, groups: { ...w.groups, start } }
  for (const [at, name] of names.entries())
    await handleTriageMessage(deps)(message(podFault('web', { cluster: name })), { id: `m${at}`, dequeueCount: 1 })
  expect(tries).toBe(3)
  expect(w.changes).toMatchObject([{ to: 'degraded', name: CONTAINER_GROUPS, failures: 3 }])
  expect(w.changes[0]?.reasons.map(({ text }) => text)).toEqual(Array(3).fill('503 from management.azure.com'))

  // Open: nobody tries, whoever comes waits; those that were launched wait again.
  await handleTriageMessage(deps)(message(podFault('db', { cluster: 'west' })), { id: 'm9', dequeueCount: 1 })
  await sweep(deps)().catch(() => {})
  expect(tries).toBe(3)

  // Half-open: one probe, which fails; longer waits, and no second notice.
  w.clock.pass(61)
  await sweep(deps)().catch(() => {})
  expect(tries).toBe(4)
  w.clock.pass(61)
  await sweep(deps)().catch(() => {})
  expect(tries).toBe(4)
  expect(w.changes).toHaveLength(1)

  broken = false
  w.clock.pass(120)
  await sweep(deps)()
  await sweep(deps)()
  expect(w.groups.started.length).toBeGreaterThanOrEqual(3)
  expect(w.changes.map(({ to }) => to)).toEqual(['degraded', 'recovered'])
})

test('a model that fails is left alone: agents start with the rules alone, and say so', async () => {
  const w = world({
    settings: { AGENT_MODEL_PROVIDER: 'anthropic', AGENT_MODEL: 'large/1', AGENT_MODEL_KEY: 'keyvault:model' },
  })
  w.secrets.set('keyvault:model', 'a key')
  const modelOf = (at: number) => AgentJob.parse(JSON.parse(w.groups.started[at]!.files['job.json']!)).model?.model
  await handleTriageMessage(w.deps)(message(podFault('web')), { id: 'm1', dequeueCount: 1 })
  expect(modelOf(0)).toBe('large/1')
  for (let at = 0; at < 3; at++) await w.deps.breakers.failed(modelBreaker('large/1'), 'The model answered 529')
  expect(w.changes).toMatchObject([{ to: 'degraded', name: 'the model large-1' }])
  await handleTriageMessage(w.deps)(message(podFault('web', { cluster: 'west' })), { id: 'm2', dequeueCount: 1 })
  expect(modelOf(1)).toBeUndefined()
  const [west] = (await w.deps.store.list({ cluster: 'west' }, 1)).items
  expect(west?.incident.steps.at(-1)?.note).toContain('The model large/1 is left alone until')
  expect((await w.deps.breakers.state(AGENTS)).now).toBe('closed')
})
