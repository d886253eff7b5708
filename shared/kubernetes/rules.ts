import type { ClusterApi } from './cluster-api.ts'

export type Rules = Awaited<ReturnType<ClusterApi['rules']>>
export type Rule = Rules['rules'][number]

const reading = new Set(['get', 'list', 'watch'])
/** Ways into a container or a node, also with the verb get (https://kubernetes.io/docs/concepts/security/rbac-good-practices/). */
const waysIn = ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy', 'nodes/proxy']
/** Everybody who is logged in has these: they create nothing, they ask about oneself. */
const selfReviews = /^self(subject|subjectaccess|subjectrules)reviews$/

/** `delete pods`, `patch deployments.apps`, `* *`, `get nodes/proxy`: what a read-only credential should not have. */
export function writeVerbs(rules: readonly Rule[]): readonly string[] {
  const found = new Set<string>()
  for (const rule of rules)
    for (const resource of rule.resources)
      for (const group of rule.groups.length === 0 ? [''] : rule.groups)
        for (const verb of rule.verbs) for (const each of dangers(verb, resource, group)) found.add(each)
  return [...found].sort()
}

function dangers(verb: string, resource: string, group: string): readonly string[] {
  if (!reading.has(verb)) {
    const harmless = verb === 'create' && selfReviews.test(resource)
    return harmless ? [] : [`${verb} ${fullName(resource, group)}`]
  }
  if (verb !== 'get' || (group !== '' && group !== '*')) return []
  return waysIn
    .filter((way) => resource === way || resource === '*' || resource === `*/${way.split('/')[1]}`)
    .map((way) => `get ${way}`)
}

/** As kubectl writes it: `deployments.apps/scale`. */
function fullName(resource: string, group: string): string {
  if (group === '' || resource === '*') return resource
  const [name, ...subresource] = resource.split('/')
  return [`${name}.${group}`, ...subresource].join('/')
}

/** The table that `kubectl auth can-i --list` prints. */
export function rulesTable(rules: readonly Rule[], maxLines: number): string {
  const rows = rules.flatMap((rule) =>
    rule.resources.flatMap((resource) =>
      (rule.groups.length === 0 ? [''] : rule.groups).map((group) => [
        fullName(resource, group),
        `[${(rule.names ?? []).join(' ')}]`,
        `[${rule.verbs.join(' ')}]`,
      ]),
    ),
  )
  const table = [['Resources', 'Resource Names', 'Verbs'], ...rows.slice(0, maxLines)]
  const width = (column: number) => Math.min(80, Math.max(...table.map((row) => row[column]?.length ?? 0)))
  const widths = [width(0), width(1), 0]
  const lines = table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  if (rows.length > maxLines) lines.push(`… and ${rows.length - maxLines} more`)
  return lines.join('\n')
}
