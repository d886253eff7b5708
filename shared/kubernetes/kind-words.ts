import { own } from '../runtime/own.ts'
import { builtinKinds } from './builtin-kinds.ts'
import { shortNames } from './short-names.ts'

export type KnownKind = { readonly apiVersion: string; readonly kind: string; readonly namespaced: boolean }

const known = new Map<string, KnownKind>()
for (const [key, { plural, namespaced }] of builtinKinds) {
  const [apiVersion = '', kind = ''] = key.split(' ')
  for (const word of [kind.toLowerCase(), plural])
    if (!known.has(word)) known.set(word, { apiVersion, kind, namespaced })
}

/** What kubectl would take for a kind of Kubernetes' own: `Deployment`, `deployments`, `deploy`. */
export function kindOfWord(word: string): KnownKind | undefined {
  const lower = word.toLowerCase()
  return known.get(own(shortNames, lower)?.toLowerCase() ?? lower)
}
