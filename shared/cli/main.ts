#!/usr/bin/env node
import module from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

// A clone runs its sources; an installed package has bundles, and no path of a source in it leads anywhere.
const servePath = import.meta.url.endsWith('.ts') ? '../../infra/local/serve.ts' : './serve.js'

// Half of what a short command costs is reading its own code: the next one finds it compiled. Node 20 cannot.
module.enableCompileCache?.()
const [{ systemClock }, { program }, { connectWithPatience }] = await Promise.all([
  import('../runtime/clock.ts'),
  import('./program.ts'),
  import('../runtime/connects.ts'),
])
connectWithPatience()

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A second one means impatience.
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  })
// Whoever reads us through a pipe may stop reading: `nightcrier incidents | head`.
process.stdout.on('error', () => process.exit(0))

process.exitCode = await program(
  {
    out: process.stdout,
    error: process.stderr,
    environment: process.env,
    clock: systemClock,
    signal: stop.signal,
    serve: async (args, signal) => (await import(new URL(servePath, import.meta.url).href)).serveCommand(args, signal),
    scenarioRunner: fileURLToPath(new URL('../../test/simulator/run-scenario.ts', import.meta.url)),
    folder: process.cwd(),
    piped: async () => (await import('./piped.ts')).pipedIn(process.stdin, stop.signal),
  },
  process.argv.slice(2),
)
