import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { wrongSettings } from '../../infra/azd/given-settings.ts'
import { providersToRegister, registerProviders } from '../../infra/azd/providers.ts'
import { type LoopbackServer, loopbackServer } from '../fakes/loopback-server.ts'

const root = join(import.meta.dirname, '../..')

describe('providers', () => {
  let arm: LoopbackServer
  const states = new Map<string, string[]>()
  let forbidden = false
  beforeEach(async () => {
    states.clear()
    forbidden = false
    arm = await loopbackServer(({ method, path }) => {
      const [, name = '', act] = /\/providers\/([\w.]+)(\/register)?$/.exec(path) ?? []
      if (forbidden && method === 'POST') return { status: 403, body: { error: { code: 'AuthorizationFailed' } } }
      const left = states.get(name) ?? ['NotRegistered']
      if (act === '/register') states.set(name, ['Registering', 'Registering', 'Registered'])
      else if (left.length > 1) left.shift()
      return { status: 200, body: { namespace: name, registrationState: states.get(name)?.[0] ?? left[0] } }
    })
  })
  afterEach(() => arm.stop())
  const register = async () => {
    const said: string[] = []
    const sleep = async () => {}
    const deps = { arm: arm.url, subscription: 's', token: 't', sleep, say: (line: string) => said.push(line) }
    await registerProviders(providersToRegister, deps)
    return said
  }

  test('are registered once and waited for; again nothing is asked of Azure but how they are', async () => {
    expect(await register()).toEqual(providersToRegister.map((name) => `Registering the resource provider ${name} …`))
    const before = arm.seen.length
    expect(await register()).toEqual([])
    expect(arm.seen.slice(before).map(({ method }) => method)).toEqual(['GET', 'GET'])
  })
  test('are named with the command for an owner where one may not', async () => {
    forbidden = true
    const said = await register()
    for (const name of providersToRegister)
      expect(said.join('\n')).toContain(`must: az provider register --namespace ${name}`)
  })
})

describe('NIGHTCRIER_SETTINGS', () => {
  test.each([
    ['', undefined],
    [' ', undefined],
    ['{}', undefined],
    ['{"SLACK_WEBHOOK_URL":"keyvault:slack","LOG_LEVEL":"debug"}', undefined],
    ['{"LOG_LEVEL":debug}', /is no JSON.*such as/],
    ['["LOG_LEVEL"]', /must be one object/],
    ['{"SUPERVISORS":3}', /values are texts/],
    ['{"LOG_LEVLE":"debug"}', /not: LOG_LEVLE/],
    ['{"KEY_VAULT_URL":"https://x.vault.azure.net"}', /not: KEY_VAULT_URL/],
    ['{"LOG_LEVEL":"loud"}', /LOG_LEVEL/],
    ['{"Model:Key":"x"}', /not: Model:Key/],
  ])('%s', (text, wrong) => {
    if (wrong === undefined) expect(wrongSettings(text)).toBeUndefined()
    else expect(wrongSettings(text)).toMatch(wrong)
  })
  test('stops azd before anything is asked of Azure', () => {
    const { status, stderr } = spawnSync(process.execPath, ['infra/azd/hook.ts', 'preprovision'], {
      cwd: root,
      env: { PATH: process.env.PATH, NIGHTCRIER_SETTINGS: '{"SLACK":"x"}' },
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toContain('not: SLACK')
  })
})
