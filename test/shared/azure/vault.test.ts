import { afterEach, beforeEach, expect, test } from 'vitest'
import { keyVault } from '../../../shared/azure/vault.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import { entra } from '../../fakes/entra.ts'
import { type KeyVaultFake, startKeyVault } from '../../fakes/key-vault.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'

let service: KeyVaultFake
let now = new Date('2026-01-12T09:41:00Z')
beforeEach(async () => {
  service = await startKeyVault()
})
afterEach(() => service.stop())

const vault = (credential = entra()) =>
  keyVault({
    url: service.origin,
    credential,
    clock: { now: () => now, sleep: async () => {} },
    httpClient: loopbackHttpClient(service.origin, service.url),
  })
const reads = () => service.seen.filter(({ headers }) => headers.authorization !== undefined)

test('a secret is read with a token that was asked for by the vault’s own challenge', async () => {
  service.set('mcp-east', 'the key')
  const credential = entra()
  expect(await vault(credential).secret('mcp-east')).toBe('the key')
  expect(credential.asked).toEqual(['https://vault.azure.net/.default'])
})

test('a rotated secret is in use within a minute, and until then the vault is asked once', async () => {
  service.set('mcp-east', 'old')
  const secrets = vault()
  await Promise.all([secrets.secret('mcp-east'), secrets.secret('mcp-east')])
  const asked = reads().length
  service.set('mcp-east', 'new')
  expect(await secrets.secret('mcp-east')).toBe('old')
  expect(reads()).toHaveLength(asked)
  now = new Date(now.getTime() + 60_000)
  expect(await secrets.secret('mcp-east')).toBe('new')
})

test('a missing secret is given up with its name and the remedy, and found as soon as it is there', async () => {
  const secrets = vault()
  const error = await secrets.secret('mcp-west').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(GiveUp)
  expect(String(error)).toBe(
    'GiveUp: There is no secret mcp-west in https://nightcrier-test.vault.azure.net: create it there, or recover it if it was deleted.',
  )
  service.set('mcp-west', 'here now')
  expect(await secrets.secret('mcp-west')).toBe('here now')
})

test('a vault that denies names the role that is missing, and is asked again', async () => {
  service.set('mcp-east', 'the key')
  service.deny = true
  const secrets = vault()
  const error = await secrets.secret('mcp-east').catch((thrown: unknown) => thrown)
  expect(error).not.toBeInstanceOf(GiveUp)
  expect(String(error)).toContain('Key Vault Secrets User')
  service.deny = false
  expect(await secrets.secret('mcp-east')).toBe('the key')
})

test('a token for another service opens nothing', async () => {
  service.set('mcp-east', 'the key')
  await expect(vault(entra(() => 'another')).secret('mcp-east')).rejects.toThrow(/AKV10000/)
})

test('a name that is none never leaves the house', async () => {
  await expect(vault().secret('../certificates/x')).rejects.toThrow(/no name for a secret/)
  expect(service.seen).toEqual([])
})

test('a vault that has had too much for a moment is asked again, and nobody hears of it', async () => {
  service.set('mcp-east', 'the key')
  service.busy = 2
  expect(await vault().secret('mcp-east')).toBe('the key')
})

test('a vault that goes on having too much is left alone by all for some seconds, in words, and is no missing secret', async () => {
  for (const name of ['a', 'b', 'c']) service.set(name, 'the key')
  service.busy = 1_000
  const secrets = vault()
  const words = /asked too much just now \(429\)/
  await expect(secrets.secret('a')).rejects.toThrow(words)
  const asked = reads().length
  for (const name of ['a', 'b', 'c']) await expect(secrets.secret(name)).rejects.toThrow(words)
  expect(reads()).toHaveLength(asked)
  service.busy = 0
  now = new Date(now.getTime() + 5_000)
  expect(await secrets.secret('b')).toBe('the key')
})

test('a vault of another tenant names both tenants, and is asked twice at most', async () => {
  service.set('a', 'the key')
  service.foreign = true
  await expect(vault().secret('a')).rejects.toThrow(
    /trusts tenant https:\/\/sts.windows.net\/TENANT-A\/, and this app's identity is of https:\/\/sts.windows.net\/TENANT-B/,
  )
  expect(reads().length).toBeLessThanOrEqual(2)
})
