import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Zippable, zipSync } from 'fflate'
import { type Built, build } from './build.ts'

/** Flex Consumption fetches and unpacks it for every new instance. */
const MAX_BYTES = 5_000_000
/** Of every file in the archive, by the local clock as archives have it: the same sources make the same bytes. */
const MTIME = new Date(2000, 0, 1)

export type Packaged = Built & { readonly archive: string; readonly archiveBytes: number }

/**
 * The functions alone, without the programs that run elsewhere: `package/` for azd, and the same as `nightcrier.zip`
 * in the layout of WEBSITE_RUN_FROM_PACKAGE, host.json at its root.
 */
export async function makePackage(root: string, place = join(root, 'build')): Promise<Packaged> {
  const folder = join(place, 'package')
  rmSync(folder, { recursive: true, force: true })
  const built = await build(root, folder, {})
  if (built.bytes > MAX_BYTES)
    throw new Error(`The package has ${built.bytes} bytes, more than ${MAX_BYTES}: see what grew with infra/prune.ts.`)
  const files: Zippable = Object.fromEntries(
    built.files.toSorted().map((file) => [file.replaceAll('\\', '/'), readFileSync(join(folder, file))]),
  )
  const bytes = zipSync(files, { level: 9, mtime: MTIME })
  const archive = join(place, 'nightcrier.zip')
  writeFileSync(archive, bytes)
  return { ...built, archive, archiveBytes: bytes.length }
}

if (import.meta.main) {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
  try {
    const { folder, files, bytes, archive, archiveBytes } = await makePackage(root)
    const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`
    console.log(`${relative(root, folder)}/: ${files.length} files, ${megabytes(bytes)}`)
    console.log(`${relative(root, archive)}: ${megabytes(archiveBytes)}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
