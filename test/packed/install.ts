import { execFile } from 'node:child_process'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
/** A download of Node, or a build on a busy machine. */
const LIMIT = { timeout: 300_000, maxBuffer: 16 * 1024 * 1024 }
/** One that a registry would answer for: nothing of it is asked. */
const NO_REGISTRY = 'http://127.0.0.1:9'

export type Packed = { readonly tarball: string; readonly files: readonly string[]; readonly bytes: number }
export type Installed = {
  /** Somewhere else, and empty. */
  readonly folder: string
  /** As a shell has it after `npm i -g`, with nothing but this Node. */
  readonly path: string
  readonly bin: (name: string) => string
  readonly node: string
}

/** `npm pack` of the clone, as a release does it. */
export async function pack(place: string): Promise<Packed> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', place], { ...LIMIT, cwd: root })
  const [{ filename, files, size }] = JSON.parse(stdout.slice(stdout.search(/^\[/m)))
  return { tarball: join(place, filename), files: files.map(({ path }: { path: string }) => path), bytes: size }
}

/** One that is there already, such as the one that is about to be published. */
export async function archived(tarball: string): Promise<Packed> {
  const { stdout } = await run('tar', ['-tzf', tarball], LIMIT)
  const files = stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/^package\//, ''))
  return { tarball: resolve(tarball), files, bytes: (await stat(tarball)).size }
}

/** A Node of this major version, from the registry; `current` is the one that runs this. */
export async function nodeOf(version: string, place: string): Promise<string> {
  if (version === 'current') return process.execPath
  const folder = join(place, `node-${version}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"private":true}')
  const name = `node-${process.platform}-${process.arch}@${version}`
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', name], { ...LIMIT, cwd: folder })
  return join(folder, 'node_modules/.bin/node')
}

/** `npm install` of the archive into an empty folder, without a registry. */
export async function install({ tarball }: Packed, node: string, place: string): Promise<Installed> {
  const [home, folder] = [join(place, 'home'), join(place, 'elsewhere')]
  for (const one of [home, folder]) await mkdir(one, { recursive: true })
  await writeFile(join(home, 'package.json'), '{"private":true}')
  const flags = ['--no-audit', '--no-fund', '--registry', NO_REGISTRY, '--cache', join(place, 'npm-cache')]
  await run('npm', ['install', ...flags, tarball], { ...LIMIT, cwd: home })
  const packages = (await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))
  if (packages.join() !== 'nightcrier') throw new Error(`It brings other packages: ${packages.join(', ')}`)
  const bins = join(home, 'node_modules/.bin')
  return { folder, path: `${dirname(node)}:/usr/bin:/bin`, bin: (name) => join(bins, name), node }
}

/** What a program of the package prints, run from the other folder. */
export async function ran(installed: Installed, name: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(installed.bin(name), args, {
    ...LIMIT,
    cwd: installed.folder,
    env: { PATH: installed.path, HOME: installed.folder },
  })
  return stdout
}

/** What of the package this Node cannot load: a name of Node's own that it does not have yet is only told when it is asked for. */
export async function unloadable({ node, bin }: Installed): Promise<string> {
  const dist = join(dirname(bin('x')), '../nightcrier/dist')
  const chunks = (await readdir(join(dist, 'chunks'))).filter((file) => !file.includes('apache-arrow'))
  const load = `const { pathToFileURL } = await import('node:url')
for (const file of process.argv.slice(1)) await import(pathToFileURL(file).href).catch((error) => console.log(file, error.message))`
  const files = chunks.map((file) => join(dist, 'chunks', file))
  const { stdout } = await run(node, ['--no-warnings', '--input-type=module', '--eval', load, ...files], LIMIT)
  return stdout.trim()
}
