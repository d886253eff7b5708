import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readKey, readKubeconfig, readSecret } from '../../../shared/config/secret-ref.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'

const vault = {
  secret: async (name: string) => {
    if (name === 'empty') return ' '
    if (name === 'kubeconfig-east') return 'apiVersion: v1'
    throw new GiveUp(`There is no secret ${name} in the vault. Store it there.`)
  },
}
const folder = await mkdtemp(join(tmpdir(), 'secrets-'))
await mkdir(join(folder, 'sub'))
await writeFile(join(folder, 'sub', 'kube.yaml'), 'a: b')
await writeFile(join(folder, 'blank'), '\n')
await writeFile(join(folder, 'big'), Buffer.alloc(1024 * 1024 + 1))

test('a secret comes from the vault, or from a file beside the clusters file, with the folder that it lies in', async () => {
  expect(await readSecret({ vault })('keyvault:kubeconfig-east')).toEqual({
    text: 'apiVersion: v1',
    where: 'keyvault:kubeconfig-east',
  })
  const file = { text: 'a: b', folder: join(folder, 'sub') }
  expect(await readSecret({ folder })('file:./sub/kube.yaml')).toMatchObject(file)
  expect(await readSecret({ folder })(`file:${folder}/sub/kube.yaml`)).toMatchObject(file)
})

test('a kubeconfig may also be that of an AKS cluster, where there is an identity to ask for it', async () => {
  const reference = 'aks:/subscriptions/s/resourceGroups/r/providers/Microsoft.ContainerService/managedClusters/east'
  const aks = async (id: string) => `kubeconfig of ${id.split('/').at(-1)}`
  expect(await readKubeconfig({ aks })(reference)).toEqual({ text: 'kubeconfig of east', where: reference })
  expect((await readKubeconfig({ vault, aks })('keyvault:kubeconfig-east')).text).toBe('apiVersion: v1')
  await expect(readKubeconfig({ vault })(reference)).rejects.toThrow(/only an app in Azure has an identity for it/)
  await expect(readSecret({ vault, aks })(reference)).rejects.toThrow(/must be keyvault/)
})

test('an api key is a reference, or the key itself', async () => {
  expect(await readKey({ vault })('keyvault:kubeconfig-east')).toBe('apiVersion: v1')
  expect(await readKey({})('plain-key')).toBe('plain-key')
})

test.each([
  ['keyvault:nothing', { vault }, 'There is no secret nothing in the vault. Store it there.'],
  ['keyvault:empty', { vault }, 'keyvault:empty: the secret is empty. Store its value.'],
  ['keyvault:x', {}, 'keyvault:x: no Key Vault is set up. Set KEY_VAULT_URL, or LOCAL_VAULT_DIR for local use.'],
  [
    'file:x',
    { vault },
    'file:x: files can be used locally only. Store it in Key Vault and write keyvault:<secret name>.',
  ],
  ['file:x', { folder }, `file:x: there is no file ${folder}/x. Paths start at the folder of the clusters file.`],
  ['file:blank', { folder }, `file:blank: the file ${folder}/blank is empty.`],
  ['file:big', { folder }, `file:big: the file ${folder}/big is over 1 MiB.`],
  ['file:sub', { folder }, expect.stringContaining('cannot be read')],
  ['s3cr3t value', { vault, folder }, 'A secret reference must be keyvault:<secret name> or file:<path>.'],
])('%s with %o ends in one sentence', async (reference, deps, message) => {
  const error = await readSecret(deps)(reference).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(GiveUp)
  expect(error).toMatchObject({ message })
})
