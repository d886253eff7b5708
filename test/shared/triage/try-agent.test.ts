import { expect, test } from 'vitest'
import { AgentJob } from '../../../shared/artifacts/job.ts'
import { readSettings } from '../../../shared/config/settings.ts'
import { removeGroups } from '../../../shared/triage/remove-groups.ts'
import { tryAgent } from '../../../shared/triage/try-agent.ts'
import { memoryBlobs } from '../../fakes/memory-blobs.ts'
import { memoryContainerGroups } from '../../fakes/memory-container-groups.ts'
import { world } from './world.ts'

const ID = 'abcdefgh12345678'
function trial() {
  let now = new Date('2026-01-12T09:41:00.000Z').getTime()
  const clock = { now: () => new Date(now), sleep: async () => {} }
  const groups = memoryContainerGroups()
  const bundles = memoryBlobs(clock)
  const links: string[] = []
  const deps = {
    groups,
    bundles,
    createLink: async (name: string) => `https://st.example/bundles/${links[links.push(name) - 1]}?sig=x`,
    resultsLink: async () => 'https://st.example/results/messages?sig=x',
    brokerPort: async () => 8700,
    newToken: () => 'a-token-of-this-trial-alone',
    clock,
    settings: readSettings({ AGENT_MODEL_PROVIDER: 'anthropic', AGENT_MODEL: 'm', AGENT_MODEL_KEY: 'keyvault:m' }),
  }
  return {
    ...{ deps, groups, bundles, links },
    look: () => tryAgent(deps, ID),
    pass: (minutes: number) => {
      now += minutes * 60_000
    },
  }
}

test('one group is started, with a job that the broker takes and no model; its bundle is the proof, and nothing stays', async () => {
  const { look, groups, bundles, links } = trial()
  expect(await look()).toMatchObject({ state: 'waits' })
  expect(await look()).toEqual({ state: 'waits', says: 'it is pending' })
  expect(groups.started).toHaveLength(1)
  const [spec] = groups.started
  expect(spec).toMatchObject({ name: `doctor-${ID}`, tags: { nightcrier: 'doctor' } })
  expect(spec!.containers.map(({ name }) => name)).toEqual(['broker'])
  expect(AgentJob.parse(JSON.parse(spec!.files['job.json']!))).toMatchObject({ incident: { cluster: 'doctor' } })
  await bundles.write(links[0]!, 'a bundle')
  groups.become(spec!.name, { state: 'failed', exitCode: 1 })
  expect(await look()).toMatchObject({ state: 'well' })
  expect(await groups.list()).toEqual([])
  expect(bundles.names()).toEqual([])
})

test('one that leaves nothing is told by its exit code and its last words, and removed', async () => {
  const { look, groups } = trial()
  await look()
  groups.become(`doctor-${ID}`, { state: 'failed', exitCode: 1 })
  groups.say(`doctor-${ID}`, 'broker', 'job.json cannot be read (EACCES)\n')
  expect(await look()).toEqual({
    state: 'failed',
    says: 'the agent ended with exit code 1 and left nothing; its last words: job.json cannot be read (EACCES)',
  })
  expect(await groups.list()).toEqual([])
})

test('one that never comes up is given up after ten minutes, and no room is said at once', async () => {
  const { look, groups, pass } = trial()
  await look()
  pass(11)
  expect(await look()).toEqual({
    state: 'failed',
    says: 'the agent was still pending after ten minutes and left nothing',
  })
  groups.full = true
  expect(await look()).toMatchObject({ state: 'failed', says: expect.stringContaining('no room') })
})

test('the sweep takes away a trial that nobody asks for any more, and no other', async () => {
  const w = world()
  const { look, groups, pass, deps } = trial()
  await look()
  const { log } = w.deps
  const sweep = async () => removeGroups({ groups, store: w.deps.store, clock: deps.clock, log })(await groups.list())
  pass(12)
  expect(await sweep()).toEqual([])
  pass(4)
  expect(await sweep()).toEqual([`doctor-${ID}`])
})
