import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { numberOption } from '../../infra/local/number-option.ts'
import { version } from '../../shared/runtime/version.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { archived, install, nodeOf, pack, ran, unloadable } from './install.ts'
import { askInstalledMcp } from './mcp-client.ts'
import { standaloneRun } from './standalone.ts'

/** What a stranger downloads; a tenth of what the clone with its tests would be. */
const MAX_BYTES = 6_000_000

type Options = { readonly node: readonly string[]; readonly faults: number; readonly archive?: string }

async function packed({ node, faults, archive }: Options): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'nightcrier-packed-'))
  try {
    const made = archive === undefined ? await pack(place) : await archived(archive)
    const foreign = made.files.filter(
      (file) => !/^(bin|dist)\/|^(LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md|package\.json)$/.test(file),
    )
    console.log(`${made.files.length} files, ${(made.bytes / 1e6).toFixed(1)} MB`)
    if (foreign.length > 0) throw new Error(`It holds ${foreign.slice(0, 5).join(', ')}`)
    if (made.bytes > MAX_BYTES) throw new Error(`It is larger than ${MAX_BYTES} bytes`)
    for (const wanted of node.length === 0 ? ['current'] : node) await tryOn(wanted, made, place, faults)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

async function tryOn(
  wanted: string,
  made: Awaited<ReturnType<typeof pack>>,
  place: string,
  faults: number,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const node = await nodeOf(wanted, place)
  const installed = await install(made, node, join(place, `on-${wanted}`))
  for (const name of ['nightcrier', 'nightcrier-mcp']) {
    const said = (await ran(installed, name, '--version')).trim()
    if (said !== version) throw new Error(`${name} --version says ${said}`)
    if (!(await ran(installed, name, '--help')).includes('Usage: nightcrier'))
      throw new Error(`${name} --help says nothing`)
  }
  const broken = await unloadable(installed)
  if (broken !== '') throw new Error(`On Node ${wanted} it cannot load all of itself:\n${broken}`)
  const clusters = join(installed.folder, 'clusters.yaml')
  await writeFile(clusters, 'mcp_endpoint: https://mcp.example/mcp\n')
  await ran(installed, 'nightcrier', 'check-config', clusters)
  const simulator = await startSimulator({ folder: join(import.meta.dirname, '../../infra/local/demo') })
  stack.defer(simulator.stop)
  const kubeconfig = join(installed.folder, 'kubeconfig')
  await writeFile(kubeconfig, simulator.kubeconfig)
  const pods = await askInstalledMcp(installed, kubeconfig)
  if (!pods.includes('checkout')) throw new Error(`pods_list says ${pods}`)
  console.log(`${wanted}: both programs answer from ${installed.folder}`)
  if (faults === 0) return
  const counts = await standaloneRun(installed, faults, (line) => console.log(`  ${line}`))
  console.log(`${wanted}: ${JSON.stringify(counts)}`)
  if (counts.missing.length + counts.twice.length > 0) throw new Error('Not every fault was reported once.')
}

await new Command('npm run packed --')
  .description(
    'Packs this, installs the archive into an empty folder and uses it there: both programs, and `nightcrier serve` that is killed while faults come in.',
  )
  .option('--node <version...>', 'on these versions of Node, from the registry; this one otherwise', [])
  .option('--archive <file>', 'one that is packed already, in place of packing this')
  .option('--faults <number>', 'so many for nightcrier serve; 0: without it', numberOption(0, 50), 8)
  .action(packed)
  .parseAsync()
