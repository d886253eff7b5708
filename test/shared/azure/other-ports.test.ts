import { afterAll, describe, expect, test } from 'vitest'
import { aciContainerGroups } from '../../../shared/azure/container-groups.ts'
import { keyVault } from '../../../shared/azure/vault.ts'
import type { ContainerGroups, GroupSpec } from '../../../shared/runtime/container-groups.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import type { Vault } from '../../../shared/runtime/vault.ts'
import { type ArmFake, startArm } from '../../fakes/arm.ts'
import { entra } from '../../fakes/entra.ts'
import { type KeyVaultFake, startKeyVault } from '../../fakes/key-vault.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'
import { memoryContainerGroups } from '../../fakes/memory-container-groups.ts'
import { memoryVault } from '../../fakes/memory-vault.ts'
import { brokenClaims, type Claims } from './claims.ts'

/** The groups, and what happens to them from outside. */
type GroupsAndFate = {
  readonly groups: ContainerGroups
  readonly run: (name: string) => void
  readonly fail: (name: string, exitCode: number) => void
  readonly say: (name: string, text: string) => void
  readonly fill: () => void
}
const spec = (name: string): GroupSpec => ({
  name,
  tags: { incident: name },
  files: { kubeconfig: 'x' },
  containers: [
    { name: 'broker', entry: 'broker.js', environment: {}, mountsFiles: true, sealed: false, cpu: 1, memoryGb: 1 },
  ],
})

const groupClaims: Claims<GroupsAndFate> = [
  [
    'a second start finds the first group as it is',
    async ({ groups, run }) => {
      expect(await groups.start(spec('a'))).toBe('started')
      expect(await groups.get('a')).toEqual({ name: 'a', state: 'pending', tags: { incident: 'a' } })
      run('a')
      expect(await groups.start(spec('a'))).toBe('already-there')
      expect((await groups.get('a'))?.state).toBe('running')
    },
  ],
  [
    'a full region starts nothing, and still knows who is there',
    async ({ groups, fill }) => {
      await groups.start(spec('a'))
      fill()
      expect(await groups.start(spec('b'))).toBe('no-capacity')
      expect(await groups.get('b')).toBeUndefined()
      expect(await groups.start(spec('a'))).toBe('already-there')
    },
  ],
  [
    'an end is told with its exit code, in the list as well',
    async ({ groups, fail }) => {
      expect(await groups.list()).toEqual([])
      await groups.start(spec('a'))
      fail('a', 137)
      const failed = { name: 'a', state: 'failed', tags: { incident: 'a' }, exitCode: 137 }
      expect(await groups.get('a')).toEqual(failed)
      expect(await groups.list()).toEqual([failed])
    },
  ],
  [
    'a log is empty before the first word and after the group, and is cut to its last 64 KiB',
    async ({ groups, say }) => {
      await groups.start(spec('a'))
      expect(await groups.logs('a', 'broker')).toBe('')
      say('a', `${'x'.repeat(70_000)}end`)
      const text = await groups.logs('a', 'broker')
      expect([text.length, text.slice(-4)]).toEqual([64 * 1024, 'xend'])
      await groups.remove('a')
      expect(await groups.logs('a', 'broker')).toBe('')
    },
  ],
  [
    'what is removed is gone, and can be started again',
    async ({ groups }) => {
      await groups.start(spec('a'))
      await groups.remove('a')
      await groups.remove('a')
      expect(await groups.get('a')).toBeUndefined()
      expect(await groups.start(spec('a'))).toBe('started')
    },
  ],
  [
    'a name that Azure would not take is refused',
    async ({ groups }) => {
      for (const name of ['Upper', '-a', 'a-', 'a/b', '', 'x'.repeat(64)])
        await expect(groups.start(spec(name)), name).rejects.toThrow('not a name for a container group')
    },
  ],
]

const vaultClaims: Claims<{ readonly vault: Vault; readonly set: (name: string, value: string) => void }> = [
  [
    'a secret is its value to the letter',
    async ({ vault, set }) => {
      set('kubeconfig-east', 'a: "ü"\n\nb: |\n  x\n')
      expect(await vault.secret('kubeconfig-east')).toBe('a: "ü"\n\nb: |\n  x\n')
    },
  ],
  [
    'no secret is a reason to give up, with its name, until it is there',
    async ({ vault, set }) => {
      const error = await vault.secret('later').catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(GiveUp)
      expect(String(error)).toMatch(/no secret later.*create it/)
      set('later', 'now')
      expect(await vault.secret('later')).toBe('now')
    },
  ],
]

function memoryFate(): GroupsAndFate {
  const groups = memoryContainerGroups()
  return {
    groups,
    run: (name) => groups.become(name, { state: 'running' }),
    fail: (name, exitCode) => groups.become(name, { state: 'failed', exitCode }),
    say: (name, text) => groups.say(name, 'broker', text),
    fill: () => {
      groups.full = true
    },
  }
}

const running: (ArmFake | KeyVaultFake)[] = []
let subscriptions = 0
async function armFate(): Promise<GroupsAndFate> {
  subscriptions += 1
  const subscriptionId = `subscription-${subscriptions}`
  const arm = await startArm(subscriptionId, 'agents')
  running.push(arm)
  const httpClient = loopbackHttpClient(arm.origin, arm.url)
  const place = {
    subscriptionId,
    resourceGroup: 'agents',
    location: 'x',
    image: 'r.test/a',
    credential: entra(),
    httpClient,
  }
  return {
    groups: aciContainerGroups(place),
    run: (name) => arm.become(name, 'Running'),
    fail: (name, exitCode) => arm.become(name, 'Failed', [exitCode]),
    say: (name, text) => arm.say(name, 'broker', text),
    fill: () => {
      arm.refusal = { status: 409, body: { error: { code: 'ContainerGroupQuotaReached', message: 'full' } } }
    },
  }
}
async function restVault() {
  const service = await startKeyVault()
  running.push(service)
  const httpClient = loopbackHttpClient(service.origin, service.url)
  return { vault: keyVault({ url: service.origin, credential: entra(), httpClient }), set: service.set }
}
const inMemory = () => {
  const vault = memoryVault()
  return { vault, set: vault.set }
}
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()))
})

describe.each([
  ['memory', memoryFate],
  ['Azure by its REST API', armFate],
] as const)('container groups in %s', (_where, fresh) => {
  test.each(groupClaims)('%s', async (_sentence, shown) => shown(await fresh()))
})
describe.each([
  ['memory', inMemory],
  ['Key Vault by its REST API', restVault],
] as const)('secrets in %s', (_where, fresh) => {
  test.each(vaultClaims)('%s', async (_sentence, shown) => shown(await fresh()))
})

const lies: Record<string, (honest: ContainerGroups) => Partial<ContainerGroups>> = {
  'it starts a second time over the first': ({ start, remove }) => ({
    start: async (one) => {
      await remove(one.name)
      return start(one)
    },
  }),
  'it always has room': ({ start }) => ({
    start: async (one) => ((await start(one)) === 'already-there' ? 'already-there' : 'started'),
  }),
  'it hides those that ended': ({ list }) => ({
    list: async () => (await list()).filter(({ state }) => state === 'running'),
  }),
  'it keeps what was removed': () => ({ remove: async () => {} }),
}
test.each(Object.entries(lies))('a fake of container groups that lies is caught: %s', async (_lie, lie) => {
  const liar = () => {
    const honest = memoryFate()
    return { ...honest, groups: { ...honest.groups, ...lie(honest.groups) } }
  }
  expect(await brokenClaims(groupClaims, memoryFate)).toEqual([])
  expect(await brokenClaims(groupClaims, liar)).not.toEqual([])
})
