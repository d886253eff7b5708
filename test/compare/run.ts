import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { parse, stringify } from 'yaml'
import { build } from '../../infra/build.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { compareK8sgpt, k8sgptTable } from './k8sgpt.ts'
import { type Measured, measure } from './measure.ts'
import type { Program } from './program.ts'
import { scene } from './scene.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')
const BIG = 'big'
const PODS = 3_000

/** Ten clusters with known answers, and one with three thousand pods, all in one kubeconfig. */
async function clusters(folder: string) {
  const many = Array.from({ length: PODS }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `p-${at}`,
      namespace: 'many',
      labels: { app: `a-${at % 50}` },
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { nodeName: `n${at % 20}`, containers: [{ name: 'app', image: 'registry.example/app:1' }] },
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: {} } }],
    },
  }))
  const all = [...(await scene(new Date())), { name: BIG, objects: many, logs: {} }]
  const simulators = await Promise.all(all.map(({ objects, logs }) => startSimulator({ objects, logs, port: 0 })))
  const parts = simulators.map(({ kubeconfig }) => parse(kubeconfig))
  const named = (at: number) => all[at]?.name ?? ''
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: parts.map((one, at) => ({ name: named(at), cluster: one.clusters[0].cluster })),
    users: parts.map((one, at) => ({ name: named(at), user: one.users[0].user })),
    contexts: parts.map((_, at) => ({ name: named(at), context: { cluster: named(at), user: named(at) } })),
    'current-context': 'c0',
  }
  const file = join(folder, 'kubeconfig')
  writeFileSync(file, stringify(config))
  return { file, stop: () => Promise.all(simulators.map((one) => one.stop())) }
}

async function compareMcp({ server, json }: { readonly server?: string; readonly json: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'compare-'))
  const { file, stop } = await clusters(folder)
  try {
    const built = await build(root, join(folder, 'dist'), { 'nightcrier-mcp': 'shared/mcp-server/main.ts' })
    const [command = process.execPath, ...args] = server?.split(' ').filter((word) => word !== '') ?? [
      process.execPath,
      join(root, 'node_modules', 'kubernetes-mcp-server', 'bin', 'index.js'),
      '--read-only',
    ]
    const programs: readonly Program[] = [
      { name: 'nightcrier-mcp', command: process.execPath, args: [join(built.folder, 'nightcrier-mcp.js')] },
      { name: server ?? 'kubernetes-mcp-server', command, args: args.map((one) => one.replace('{kubeconfig}', file)) },
    ]
    const measured: Measured[] = []
    for (const program of programs) {
      console.error(`measuring ${program.name} …`)
      measured.push(await measure(program, file, folder, BIG))
    }
    console.log(json ? JSON.stringify(measured, undefined, 2) : table(measured))
  } finally {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function table(all: readonly Measured[]): string {
  const row = (title: string, cell: (one: Measured) => string) => `| ${title} | ${all.map(cell).join(' | ')} |`
  const ms = (value: number | undefined) =>
    value === undefined ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
  return [
    row('', ({ name, version }) => `${name} ${version}`),
    `|---|${all.map(() => '---').join('|')}|`,
    row('tools, characters of tools/list', (one) => `${one.tools}, ${one.listed}`),
    row('start to tools/list, best of five', (one) => ms(one.startMs)),
    row('one pod', (one) => ms(one.podMs)),
    row('a hundred pods at once', (one) => ms(one.hundredMs)),
    row(`all rows of ${PODS} pods`, ({ rows }) =>
      rows === undefined
        ? '–'
        : `${rows.calls} calls, ${ms(rows.ms)}, ${rows.characters} characters, ${rows.pods} seen`,
    ),
    row('memory afterwards', ({ memoryMiB }) => (memoryMiB === undefined ? '–' : `${memoryMiB} MiB`)),
    ...(all[0]?.questions ?? []).map(({ question }, at) =>
      row(question, ({ questions: asked }) => {
        const one = asked[at]
        if (one?.calls === undefined) return 'no tools for it'
        return `${one.calls} calls, ${one.characters} characters, ${one.seconds?.toFixed(2)} s, ${one.verdict}`
      }),
    ),
  ].join('\n')
}

const program = new Command('compare').description(
  'Measures this project beside others on the same simulated clusters.',
)
program
  .command('mcp')
  .description(
    'nightcrier-mcp, built, beside another MCP server: eight questions over ten clusters, and what they cost',
  )
  .option(
    '--server <command>',
    'the other one, on standard input and output; KUBECONFIG is set, {kubeconfig} is its path',
  )
  .option('--json', 'one JSON list', false)
  .action(compareMcp)
program
  .command('k8sgpt')
  .description('our rules beside the analyzers of k8sgpt, without a model, on every scenario')
  .requiredOption('--bin <path>', 'the program, which you have')
  .option('--only <set...>', 'these sets of test/scenarios', [])
  .option('--json', 'one JSON object', false)
  .action(
    async ({ json, ...given }: { readonly bin: string; readonly only: readonly string[]; readonly json: boolean }) => {
      const compared = await compareK8sgpt(given, (line) => console.error(line))
      console.log(json ? JSON.stringify(compared, undefined, 2) : k8sgptTable(compared))
    },
  )
await program.parseAsync()
