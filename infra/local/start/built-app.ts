import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Clock } from '../../../shared/runtime/clock.ts'
import { build } from '../../build.ts'

/** All that decides what a build comes to. */
const SOURCES = [
  ...['functions/**', 'shared/**', 'agent-container/**', 'infra/*.ts'],
  ...['package.json', 'package-lock.json', 'host.json'],
]
const DAY_MS = 86_400_000
/** What nobody has run from for so long is of a tree that is no more. */
const KEEP_MS = 7 * DAY_MS

/** The built app of these sources: built only when they have changed since it was, and never under a start that runs. */
export async function builtApp(root: string, onBuild: () => void): Promise<string> {
  const apps = join(root, '.nightcrier', 'apps')
  const folder = join(apps, hashOf(root))
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date())
    return folder
  }
  onBuild()
  mkdirSync(apps, { recursive: true })
  const unfinished = `${folder}.${process.pid}`
  await build(root, unfinished)
  try {
    renameSync(unfinished, folder)
  } catch {
    // Another start was first: both are the same.
    rmSync(unfinished, { recursive: true, force: true })
  }
  for (const name of globSync('*', { cwd: apps }))
    if (Date.now() - statSync(join(apps, name)).mtimeMs > KEEP_MS)
      rmSync(join(apps, name), { recursive: true, force: true })
  return folder
}

/** Says of a built app each day that it is run from, until that ends: a later start of another tree takes the rest away. */
export function keepInUse(folder: string, clock: Clock): AsyncDisposable {
  const over = new AbortController()
  const kept = keep()

  async function keep(): Promise<void> {
    while (!over.signal.aborted) {
      try {
        utimesSync(folder, clock.now(), clock.now())
      } catch {
        // A disk that is away for a moment: the next day tells.
      }
      await clock.sleep(DAY_MS, over.signal)
    }
  }
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort()
      await kept
    },
  }
}

function hashOf(root: string): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: root }).sort())
    if (statSync(join(root, file)).isFile()) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}
