import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from '../../build.ts'

/** All that decides what a build comes to. */
const SOURCES = [
  ...['functions/**', 'shared/**', 'agent-container/**', 'infra/*.ts'],
  ...['package.json', 'package-lock.json', 'host.json'],
]
/** A start of an older tree may still run from its own. */
const KEEP_MS = 7 * 86_400_000

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

function hashOf(root: string): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: root }).sort())
    if (statSync(join(root, file)).isFile()) hash.update(`${file}\n`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}
