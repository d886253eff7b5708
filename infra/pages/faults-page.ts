import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { faultClass, isDetected } from '../../shared/faults/fault-class.ts'
import { faultKinds } from '../../shared/faults/fault-kinds.ts'
import { usualTimes } from '../../shared/mcp-server/faults/fault-hub.ts'
import { patienceOf, seenBy, troubles } from '../../test/shared/faults/heard.ts'

const Expected = z.looseObject({
  rootCause: z.looseObject({ kind: z.string(), class: z.string().optional() }).nullish(),
})
/** The sets that rules were written with: what is kept unseen tells nobody beforehand. */
const SCENARIOS = 'test/scenarios/train/**/expect.yaml'
const words = (name: string) =>
  name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')

type Faults = ReadonlyMap<string, ReadonlySet<string>>

/** Types of faults that detectors give, with the kinds that show them, read from the kinds' own files. */
function detected(root: string): Faults {
  const found = new Map<string, Set<string>>()
  for (const file of globSync('shared/cluster/kinds/**/*.ts', { cwd: root }).sort()) {
    const [, folder, name = ''] = /kinds\/(?:([\w-]+)\/)?([\w-]+)\.ts$/.exec(file.replaceAll('\\', '/')) ?? []
    for (const [, type = ''] of readFileSync(join(root, file), 'utf8').matchAll(/reason: '([A-Z]\w+)'/g))
      if (isDetected(type)) found.set(type, (found.get(type) ?? new Set()).add(folder ?? name))
  }
  return found
}

/** Causes of which at least one scenario shows that they are found, with how many do, and on which kinds. */
function causes(root: string): ReadonlyMap<string, { readonly count: number; readonly kinds: ReadonlySet<string> }> {
  const found = new Map<string, { count: number; kinds: Set<string> }>()
  for (const file of globSync(SCENARIOS, { cwd: root })) {
    const { rootCause } = Expected.parse(parse(readFileSync(join(root, file), 'utf8')))
    if (rootCause?.class === undefined) continue
    const one = found.get(rootCause.class) ?? { count: 0, kinds: new Set() }
    one.count += 1
    one.kinds.add(rootCause.kind)
    found.set(rootCause.class, one)
  }
  return found
}

const watched = new Set(faultKinds.map(({ kind }) => kind))
const eachWord = (kind: string) => (watched.has(kind) ? kind : `${kind} (asked about)`)

/** Measured: how long each trouble lasts until it is heard, and without which objects it would not be. */
function patienceTable(): string {
  const rows = troubles
    .map((one) => ({ ...one, by: seenBy(one).map(eachWord).join(', '), after: patienceOf(one) }))
    .toSorted((a, b) => a.fault.localeCompare(b.fault))
  return rows.map(({ fault, when, by, after }) => `| ${fault} | ${when} | ${by} | ${after} |`).join('\n')
}

/** `docs/faults.md`. */
export function faultsPage(root: string): string {
  const faults = [...detected(root)].sort(([a], [b]) => a.localeCompare(b))
  const known = [...causes(root)].sort(([a], [b]) => a.localeCompare(b))
  return `# Faults that are heard, causes that are named

Written by \`npm run generate\`: the faults from \`shared/cluster/kinds\`, the causes from the scenarios that show them.

## Faults

A fault opens an incident. Those of one class and one owner are one incident, at whatever moment they are seen. Anything else
can be [asked about](alerts.md), by people and by alerts of others.

| fault | seen on | class |
|---|---|---|
${faults.map(([type, kinds]) => `| ${type} | ${[...kinds].map((kind) => kind.replaceAll('-', ' ')).join(', ')} | ${faultClass(type)} |`).join('\n')}

## When it is heard

Measured by \`npm run generate\` on pictures of each trouble: the seconds that it must have lasted, by the cluster's own times, and the
objects by which it is seen. The watch looks at each change within a second and at what only time changes every ${usualTimes.beatMs / 1000} seconds; where it is
only looked at (\`RECONCILE_SECONDS\`, a patrol), up to that long comes on top. *Asked about*: a kind that no watch holds; it is judged
the same way when somebody [asks](alerts.md).

| fault | when | heard by | seconds |
|---|---|---|---|
${patienceTable()}

## Causes

What a verdict names: a class, and the object whose change would end the trouble. A cause that is not in this list may still
be found by a model; it is then *likely* at most. How often it is right on faults that nobody here had seen: [README](../README.md#how-often-it-is-right).

| cause | in words | objects named | scenarios |
|---|---|---|---|
${known.map(([name, { count, kinds }]) => `| ${name} | ${words(name).toLowerCase()} | ${[...kinds].sort().join(', ')} | ${count} |`).join('\n')}
`
}
