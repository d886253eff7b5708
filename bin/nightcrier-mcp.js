#!/usr/bin/env node
// A clone runs its sources, which need Node 24; an installed package has no sources and runs what was built of them for any
// Node from 20 up.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// A client starts the server anew with each session and waits for it: what was compiled once is kept. In the user's own
// folder, since what lies there is run; a folder that cannot be written to costs nothing but the time.
module.enableCompileCache?.(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nightcrier-mcp'))
// Clients often end it without asking.
setTimeout(() => module.flushCompileCache?.(), 3_000).unref()

const source = new URL('../shared/mcp-server/main.ts', import.meta.url)
const built = new URL('../dist/nightcrier-mcp.js', import.meta.url)
const [major] = process.versions.node.split('.')
if (Number(major) >= 24 && existsSync(source)) await import(source.href)
else if (existsSync(built)) await import(built.href)
else {
  console.error(
    `A clone needs Node 24, and this is ${process.versions.node}: npx nightcrier-mcp, after npm ci, takes the one that it brings on Linux.`,
  )
  process.exitCode = 1
}
