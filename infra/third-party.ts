import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Metafile } from 'esbuild'

/** Beside the bundles: their licences ask for it. */
export const THIRD_PARTY = 'THIRD-PARTY.txt'
const isLicence = (file: string) => /^(licen[cs]e|copying|notice)/i.test(file)

/** Folders of packages that bundles hold code of. */
export function bundledPackages(root: string, metafiles: readonly Metafile[]): readonly string[] {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
    ),
  )
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [])
  return [...new Set(folders.map((folder) => resolve(root, folder.replace(/^[\w-]+:/, ''))))].sort()
}

/** Name, version, licence and its text, of each package that the bundles hold code of. */
export function thirdParty(root: string, metafiles: readonly Metafile[]): string {
  const parts = bundledPackages(root, metafiles).map((at) => {
    const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
    const file = existsSync(at) ? readdirSync(at).find(isLicence) : undefined
    const text = file === undefined ? '' : `\n${readFileSync(join(at, file), 'utf8').trim()}\n`
    return `${name} ${version} (${typeof license === 'string' ? license : (license?.type ?? 'see its page')})\n${text}`
  })
  return `The bundles beside this file hold code of these packages, under their licences.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`
}
