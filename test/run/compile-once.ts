import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

let folder = ''

/**
 * Tests start hundreds of processes from the same sources. Each leaves what it has compiled to the next, which halves
 * the start of a program; the folder lasts for one run, as copies of the built app are new in each.
 */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'nightcrier-compiled-'))
  process.env.NODE_COMPILE_CACHE = folder
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
