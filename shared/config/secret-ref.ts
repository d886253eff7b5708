import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { homeFolder } from '../runtime/home-folder.ts'
import type { Vault } from '../runtime/vault.ts'
import { SecretRef } from './cluster.ts'

/** Key Vault's own limit is 25 KiB; a merged kubeconfig file may be larger. */
const MAX_SECRET_BYTES = 1024 * 1024

export type Secret = {
  readonly text: string
  /** The reference, for messages. */
  readonly where: string
  /** Of a file: its folder, which relative paths inside it refer to. */
  readonly folder?: string
}
export type SecretDeps = {
  /** Absent: no vault is set up. */
  readonly vault?: Vault | undefined
  /** Folder of the clusters file when it is local. Absent: `file:` is refused. */
  readonly folder?: string | undefined
  /** The kubeconfig of an AKS cluster by its resource id. Absent: no identity of Azure is there. */
  readonly aks?: ((clusterId: string) => Promise<string>) | undefined
}

/** Reads what the reference of a cluster's kubeconfig stands for: a secret, or `aks:` and a resource id. */
export const readKubeconfig =
  (deps: SecretDeps) =>
  async (reference: string): Promise<Secret> => {
    if (!reference.startsWith('aks:')) return readSecret(deps)(reference)
    if (deps.aks === undefined)
      throw new GiveUp(`${reference}: only an app in Azure has an identity for it. Use file:<path> here.`)
    return { text: await deps.aks(reference.slice('aks:'.length)), where: reference }
  }

/** Reads what `keyvault:name` or `file:path` stands for. Throws GiveUp with one sentence when it cannot be had for good. */
export const readSecret =
  ({ vault, folder }: SecretDeps) =>
  async (reference: string): Promise<Secret> => {
    const checked = SecretRef.safeParse(reference)
    // Not quoted: it may be the secret itself, put where its name belongs.
    if (!checked.success) throw new GiveUp('A secret reference must be keyvault:<secret name> or file:<path>.')
    const [kind = '', name = ''] = split(reference)
    if (kind === 'file') return secretFile(reference, name, folder)
    if (vault === undefined)
      throw new GiveUp(`${reference}: no Key Vault is set up. Set KEY_VAULT_URL, or LOCAL_VAULT_DIR for local use.`)
    const text = await vault.secret(name)
    if (text.trim() === '') throw new GiveUp(`${reference}: the secret is empty. Store its value.`)
    return { text, where: reference }
  }

/** An `api_key` is a reference, or the key itself. */
export const readKey = (deps: SecretDeps) => async (key: string) =>
  SecretRef.safeParse(key).success ? (await readSecret(deps)(key)).text.trim() : key

async function secretFile(reference: string, name: string, folder: string | undefined): Promise<Secret> {
  if (folder === undefined)
    throw new GiveUp(
      `${reference}: files can be used locally only. Store it in Key Vault and write keyvault:<secret name>.`,
    )
  const path = name.startsWith('~/') ? resolve(homeFolder(), name.slice(2)) : resolve(folder, name)
  const text = await fileText(reference, path)
  if (text.trim() === '') throw new GiveUp(`${reference}: the file ${path} is empty.`)
  return { text, where: reference, folder: dirname(path) }
}

async function fileText(reference: string, path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    if (size > MAX_SECRET_BYTES) throw new GiveUp(`${reference}: the file ${path} is over 1 MiB.`)
    return await file.readFile('utf8')
  } catch (cause) {
    if (cause instanceof GiveUp) throw cause
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const why = missing ? `there is no file ${path}` : `the file ${path} cannot be read (${errorText(cause)})`
    throw new GiveUp(`${reference}: ${why}. Paths start at the folder of the clusters file.`, { cause })
  }
}

function split(reference: string): readonly [string, string] {
  const at = reference.indexOf(':')
  return [reference.slice(0, at), reference.slice(at + 1)]
}
