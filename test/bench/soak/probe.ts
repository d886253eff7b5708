import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/** Loaded into each worker before the app (`--import`): writes what the process has, after a collection, once a second. */
const folder = process.env.SOAK_PROBE_DIR ?? ''
setInterval(() => {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const handles = readdirSync('/proc/self/fd').length
  appendFileSync(join(folder, String(process.pid)), `${JSON.stringify({ heap: heapUsed, rss, handles })}\n`)
}, 1_000).unref()
