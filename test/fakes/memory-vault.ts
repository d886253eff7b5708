import { GiveUp } from '../../shared/runtime/errors.ts'
import type { Vault } from '../../shared/runtime/vault.ts'

export type MemoryVault = Vault & { readonly set: (name: string, value: string) => void }

export function memoryVault(secrets: Readonly<Record<string, string>> = {}): MemoryVault {
  const kept = new Map(Object.entries(secrets))
  return {
    set: (name, value) => void kept.set(name, value),
    secret: async (name) => {
      const value = kept.get(name)
      if (value === undefined) throw new GiveUp(`There is no secret ${name}: create it in the vault.`)
      return value
    },
  }
}
