import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GiveUp } from '../../shared/runtime/errors.ts'
import type { Vault } from '../../shared/runtime/vault.ts'

/** Key Vault's own rule for names; it also keeps a name inside the folder. */
const validName = /^[A-Za-z0-9-]{1,127}$/
/** Key Vault's limit for a value. */
const MAX_SECRET_BYTES = 25 * 1024

/** A folder in place of Key Vault: one file for each secret, named as the secret. */
export const fileVault = (folder: string): Vault => ({
  secret: async (name) => {
    if (!validName.test(name))
      throw new GiveUp(`"${name}" is no name of a secret: use 1 to 127 letters, digits and hyphens.`)
    const path = join(folder, name)
    const value = await readFile(path, 'utf8').catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
        throw new GiveUp(`There is no secret ${name}: put its value in the file ${path}.`)
      throw cause
    })
    if (Buffer.byteLength(value) > MAX_SECRET_BYTES)
      throw new GiveUp(`The secret ${name} is over 25 KiB, which Key Vault would not take: make ${path} smaller.`)
    // Editors end a file with a new line; a secret does not.
    return value.replace(/\r?\n$/, '')
  },
})
