import { afterEach, beforeEach, expect, test } from 'vitest'
import { storeSecret } from '../../../shared/azure/store-secret.ts'
import { keyVault } from '../../../shared/azure/vault.ts'
import { entra } from '../../fakes/entra.ts'
import { type KeyVaultFake, startKeyVault } from '../../fakes/key-vault.ts'
import { loopbackHttpClient } from '../../fakes/loopback-http-client.ts'

let service: KeyVaultFake
beforeEach(async () => {
  service = await startKeyVault()
})
afterEach(() => service.stop())
const place = () => ({
  url: service.origin,
  credential: entra(),
  httpClient: loopbackHttpClient(service.origin, service.url),
})

test('what a person stores is what the functions read', async () => {
  await storeSecret(place(), 'kubeconfig-east', 'apiVersion: v1\n')
  expect(await keyVault(place()).secret('kubeconfig-east')).toBe('apiVersion: v1\n')
})

test('a person without the right is told which role is missing', async () => {
  service.deny = true
  await expect(storeSecret(place(), 'kubeconfig-east', 'x')).rejects.toThrow('Key Vault Secrets Officer')
})

test('a text that no vault keeps is refused before it is sent', async () => {
  await expect(storeSecret(place(), 'kubeconfig-east', 'x'.repeat(30_000))).rejects.toThrow('over 25 KiB')
  expect(service.seen).toEqual([])
})
