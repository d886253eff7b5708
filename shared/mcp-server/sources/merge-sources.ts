import type { Target } from '../targets/target.ts'
import { type Found, isGiven, type Source } from './source.ts'

export type MergedClusters = {
  readonly targets: readonly Target[]
  /** By name and alias. `found` is absent when the name is nobody's. */
  readonly byName: ReadonlyMap<string, { readonly target: Target; readonly found?: Found }>
  readonly problems: readonly string[]
}
type Entry = { target: Target; readonly found?: Found }

/**
 * A name means one cluster. What is written down wins over what is discovered; of two discovered ones the first source
 * wins; two that are written down under one name are neither, since either could be the wrong one.
 */
export function mergeSources(sources: readonly Source[], aliases: Readonly<Record<string, string>>): MergedClusters {
  const entries = new Map<string, Entry>()
  const problems: string[] = []
  for (const source of [...sources.filter(isGiven), ...sources.filter((one) => !isGiven(one))]) {
    for (const found of source.current()) {
      const { name } = found.target
      const before = entries.get(name)
      const here = found.target.source ?? source.name
      if (before === undefined) {
        entries.set(name, { found, target: { ...found.target, source: here } })
      } else if (isGiven(source)) {
        const problem = `"${name}" is the name of two clusters, in ${before.target.source} and in ${here}. Rename one of them.`
        entries.set(name, {
          target: { name, aliases: [], server: '', namespace: 'default', source: `${before.target.source}`, problem },
        })
      } else problems.push(`${here} also has a cluster "${name}"; the one of ${before.target.source} counts.`)
    }
  }
  const byName = new Map<string, Entry>(entries)
  for (const entry of entries.values()) {
    const own = entry.target.aliases.filter((alias) => alias !== entry.target.name && !byName.has(alias))
    entry.target = { ...entry.target, aliases: own }
    for (const alias of own) byName.set(alias, entry)
  }
  for (const [alias, name] of Object.entries(aliases)) {
    const entry = byName.get(name)
    if (entry === undefined) problems.push(`cluster_aliases.${alias}: there is no cluster "${name}".`)
    else if (byName.has(alias)) problems.push(`cluster_aliases.${alias}: "${alias}" is a cluster's own name.`)
    else {
      entry.target = { ...entry.target, aliases: [...entry.target.aliases, alias] }
      byName.set(alias, entry)
    }
  }
  return { targets: [...entries.values()].map(({ target }) => target), byName, problems }
}
