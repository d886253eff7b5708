import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build as bundle, type Metafile, type Plugin } from 'esbuild'
import { AZURITE, bundleAzurite } from './bundle-azurite.ts'
import { classNamesOnly } from './class-names.ts'
import { inlineTexts } from './inline-texts.ts'
import { prune } from './prune.ts'
import { THIRD_PARTY, thirdParty } from './third-party.ts'

/** What is started by itself, beside the functions: name in dist/ → source. Those that do not exist yet are left out. */
const everyProgram: Readonly<Record<string, string>> = {
  'agent/broker': 'agent-container/broker/main.ts',
  'agent/agent': 'agent-container/agent/main.ts',
  nightcrier: 'shared/cli/main.ts',
  'nightcrier-mcp': 'shared/mcp-server/main.ts',
}

/** What an installed package has besides: the local platform, for `nightcrier serve`, and Azurite in one file. */
const installed: Readonly<Record<string, string>> = {
  ...everyProgram,
  serve: 'infra/local/serve.ts',
  worker: 'infra/local/host/worker.ts',
  'end-with-parent': 'infra/local/end-with-parent.ts',
}

export type Built = {
  readonly folder: string
  readonly files: readonly string[]
  readonly bytes: number
  /** Sources that every instance loads before its first invocation. */
  readonly registration: readonly string[]
  readonly metafile: Metafile
}

/**
 * The package that is deployed: split ESM chunks, so that an instance loads only what its function needs, and no
 * node_modules. Files are written one by one and only when they change: an app that runs from here is not disturbed.
 */
export async function build(
  root: string,
  folder = join(root, 'dist'),
  programs: Readonly<Record<string, string>> = everyProgram,
  target: 'node24' | 'node20' = 'node24',
): Promise<Built> {
  const functions = globSync('functions/*.ts', { cwd: root }).sort()
  if (functions.length === 0)
    throw new Error(`${join(root, 'functions')} is empty: it must hold one file for each function of the app.`)
  const present = Object.entries(programs).filter(([, source]) => existsSync(join(root, source)))
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: [{ in: 'all-functions', out: 'main' }, ...present.map(([out, source]) => ({ in: source, out }))],
    plugins: [allFunctions(root, functions), prune, inlineTexts],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target,
    inject: target === 'node20' ? [fileURLToPath(new URL('older-node.ts', import.meta.url))] : [],
    chunkNames: 'chunks/[name]-[hash]',
    // Supplied by Azure's worker, which answers `require` itself; so there must be a `require`.
    external: ['@azure/functions-core'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    legalComments: 'none',
    // Half the size. Names that a program can see stay as they are, those of classes (class-names.ts).
    minifyWhitespace: true,
    minifyIdentifiers: true,
    minifySyntax: true,
    keepNames: true,
    logLevel: 'silent',
    write: false,
    metafile: true,
  })
  const outputs = new Map(
    result.outputFiles.map(({ path, text }) => [relative(folder, path), Buffer.from(classNamesOnly(text))]),
  )
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const manifest = { name, version, private: true, type: 'module', main: 'main.js' }
  outputs.set('package.json', Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`))
  outputs.set('host.json', readFileSync(join(root, 'host.json')))
  for (const [file, contents] of outputs) writeIfChanged(join(folder, file), contents)
  for (const file of globSync('**/*.js', { cwd: folder })) if (!outputs.has(file)) rmSync(join(folder, file))
  const bytes = [...outputs.values()].reduce((sum, contents) => sum + contents.length, 0)
  const entry = relative(root, join(folder, 'main.js'))
  return {
    folder,
    files: [...outputs.keys()],
    bytes,
    registration: loadedAtOnce(result.metafile, entry),
    metafile: result.metafile,
  }
}

/** Sources of a file and of all that it imports without being asked. */
function loadedAtOnce({ outputs }: Metafile, entry: string): readonly string[] {
  const files = new Set([entry])
  for (const file of files)
    for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') files.add(path)
  return [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {})).sort()
}

/** The entry that no file holds: one import for each function. */
const allFunctions = (root: string, functions: readonly string[]): Plugin => ({
  name: 'all-functions',
  setup(plugin) {
    plugin.onResolve({ filter: /^all-functions$/ }, () => ({ path: 'all-functions', namespace: 'entry' }))
    plugin.onLoad({ filter: /.*/, namespace: 'entry' }, () => ({
      contents: functions.map((file) => `import ${JSON.stringify(`./${file}`)}`).join('\n'),
      resolveDir: root,
    }))
  },
})

function writeIfChanged(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  mkdirSync(dirname(path), { recursive: true })
  // Renamed into place, so that nobody loads half a file.
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, contents)
  renameSync(unfinished, path)
}

/** `dist/`, as it is installed and put into images: for every Node from 20 up, with the local platform. */
export async function buildInstalled(root: string, folder = join(root, 'dist')): Promise<Built> {
  const azurite = await bundleAzurite(root)
  const built = await build(root, folder, installed, 'node20')
  writeIfChanged(join(folder, AZURITE), azurite.code)
  writeIfChanged(join(folder, THIRD_PARTY), Buffer.from(thirdParty(root, [built.metafile, azurite.metafile])))
  return { ...built, files: [...built.files, AZURITE, THIRD_PARTY], bytes: built.bytes + azurite.code.length }
}

if (import.meta.main) {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
  const begun = performance.now()
  try {
    const { folder, files, bytes } = await buildInstalled(root)
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    console.log(`${relative(root, folder)}/: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, in ${seconds} s`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
