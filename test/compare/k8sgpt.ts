import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { isControl, objectOf, type Wanted, wantedBy } from '../simulator/expectations.ts'
import { judged } from '../simulator/judge.ts'
import { memoryRun } from '../simulator/memory-run.ts'
import { shifted } from '../simulator/scenario.ts'
import { allScenarios, readPlaced } from '../simulator/sets.ts'
import { startSimulator } from '../simulator/simulator.ts'

const run = promisify(execFile)
/** Its slowest analyzers follow logs; a scenario has some dozen objects. */
const LIMIT_MS = 120_000

/** `k8sgpt analyze --output json`; a list that is empty comes as null. */
const Analysis = z.looseObject({
  results: z
    .array(z.looseObject({ kind: z.string(), name: z.string(), parentObject: z.string().nullish() }))
    .nullish()
    .transform((list) => list ?? []),
})
export type Listed = z.infer<typeof Analysis>['results']

/** Whether its list holds the object, by itself or as the owner of one that it lists. */
export const lists = (listed: Listed, { kind, namespace, name }: Wanted): boolean =>
  listed.some(
    (one) =>
      (one.kind === kind && [name, `${namespace}/${name}`].includes(one.name)) ||
      (one.parentObject === `${kind}/${name}` && (namespace === '' || one.name.startsWith(`${namespace}/`))),
  )

/** Reads what the program prints; it may talk before its JSON. */
export function listedIn(printed: string): Listed {
  const start = printed.indexOf('{')
  if (start < 0) throw new Error(`k8sgpt printed no JSON: ${printed.slice(0, 200)}`)
  return Analysis.parse(JSON.parse(printed.slice(start))).results
}

export type Row = {
  readonly scenario: string
  readonly control: boolean
  readonly ours: { readonly right: boolean; readonly objects: number; readonly seconds: number }
  readonly theirs: {
    readonly right: boolean
    readonly objects: number
    readonly seconds: number
    readonly problem?: string
  }
}

/** Every scenario by both: its analyzers without a model, and our rules. */
export async function compareK8sgpt(
  given: { readonly bin: string; readonly only: readonly string[] },
  say: (line: string) => void,
): Promise<{ readonly version: string; readonly rows: readonly Row[] }> {
  const home = await mkdtemp(join(tmpdir(), 'compare-k8sgpt-'))
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home }
  try {
    const { stdout: told } = await run(given.bin, ['version'], { env, timeout: LIMIT_MS }).catch((error: unknown) => {
      throw new Error(`${given.bin} cannot be run. Give the path of a k8sgpt with --bin.`, { cause: error })
    })
    const rows: Row[] = []
    for (const { folder, name, set } of allScenarios()) {
      if (given.only.length > 0 && !given.only.includes(set)) continue
      const scenario = readPlaced(folder)
      if (scenario.expect === undefined) continue
      const wanted = wantedBy(scenario.expect) ?? []
      const control = isControl(scenario.expect)
      if (!control && wanted.length === 0) continue
      const mine = await memoryRun(scenario)
      const found = judged(mine)
      const ours = {
        right: control ? !found.blamed : found.right,
        objects: new Set(mine.parts.flatMap(({ causes }) => causes.map(objectOf))).size,
        seconds: mine.seconds,
      }
      const theirs = await analyzed(given.bin, env, home, folder, control, wanted)
      rows.push({ scenario: `${set}/${name}`, control, ours, theirs })
      say(`${set}/${name}: ours ${ours.right}, k8sgpt ${theirs.problem ?? theirs.right} (${theirs.objects} objects)`)
    }
    return { version: told.trim().split('\n')[0] ?? '', rows }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function analyzed(
  bin: string,
  env: NodeJS.ProcessEnv,
  home: string,
  folder: string,
  control: boolean,
  wanted: readonly Wanted[],
): Promise<Row['theirs']> {
  const simulator = await startSimulator({ read: shifted(readPlaced(folder), new Date()) })
  const kubeconfig = join(home, 'kubeconfig')
  const begun = performance.now()
  const seconds = () => (performance.now() - begun) / 1_000
  try {
    await writeFile(kubeconfig, simulator.kubeconfig)
    const args = ['analyze', '--kubeconfig', kubeconfig, '--output', 'json', '--no-cache']
    const { stdout } = await run(bin, args, { env, timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 })
    const listed = listedIn(stdout)
    const right = control ? listed.length === 0 : wanted.every((one) => lists(listed, one))
    return { right, objects: listed.length, seconds: seconds() }
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return { right: false, objects: 0, seconds: seconds(), problem: problem.slice(0, 200) }
  } finally {
    await simulator.stop()
  }
}

/** As docs/comparison.md has it. */
export function k8sgptTable({ version, rows }: Awaited<ReturnType<typeof compareK8sgpt>>): string {
  const of = (control: boolean) => rows.filter((row) => row.control === control)
  const mean = (list: readonly number[]) =>
    list.length === 0 ? '–' : (list.reduce((a, b) => a + b, 0) / list.length).toFixed(1)
  const line = (title: string, who: 'ours' | 'theirs') => {
    const [faults, controls] = [of(false), of(true)]
    const right = (list: readonly Row[]) => `${list.filter((row) => row[who].right).length} of ${list.length}`
    const objects = mean(faults.map((row) => row[who].objects))
    return `| ${title} | ${right(faults)} | ${objects} | ${right(controls)} | ${mean(rows.map((row) => row[who].seconds))} |`
  }
  const failed = rows.filter(({ theirs }) => theirs.problem !== undefined).length
  return [
    '| | root named | objects named, mean | controls left alone | seconds, mean |',
    '|---|---|---|---|---|',
    line('nightcrier, rules alone', 'ours'),
    line(version, 'theirs'),
    ...(failed === 0 ? [] : ['', `It failed on ${failed}; those count as not named.`]),
  ].join('\n')
}
