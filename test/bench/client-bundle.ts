import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { classNamesOnly } from '../../infra/class-names.ts'
import { inlineTexts } from '../../infra/inline-texts.ts'
import { prune } from '../../infra/prune.ts'
import { once } from '../../shared/runtime/once.ts'

/**
 * The clients as they would be deployed, in a folder that goes with this process; answers the program's path. From
 * sources each would also hold the compiler that takes their types away, and every library whole: thirty megabytes.
 */
export const clientBundle = once(async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrier-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'clients/main.ts')],
    outdir: folder,
    plugins: [prune, inlineTexts],
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    outExtension: { '.js': '.mjs' },
    // Starts the whole app, which needs its sources.
    external: ['./report.ts'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'silent',
    write: false,
  })
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, classNamesOnly(text))
  }
  return join(folder, 'main.mjs')
})
