import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { LOCAL_FILE } from '../../../shared/cli/place.ts'

/** Lets the command line find this run; answers how to take that back. The last of several that run is found. */
export function announcePlace(root: string, url: string, key: string): () => void {
  const file = join(root, LOCAL_FILE)
  const text = `${JSON.stringify({ url, key, pid: process.pid })}\n`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode: 0o600 })
  return () => {
    // Not what another run has written since, nor what it has taken back.
    if (textOf(file) === text) rmSync(file, { force: true })
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
