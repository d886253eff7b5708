import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { version } from '../../shared/runtime/version.ts'
import { makePackage } from '../package.ts'
import { changesOf } from './changes.ts'
import { withImages } from './manifests.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'build/release')

/** Whether a tag, the package and the changelog tell of the same version. */
function check(tagged: string): void {
  if (tagged !== version) throw new Error(`The tag says ${tagged}, package.json ${version}: set both to one version.`)
  changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version)
}

/** All that a release page holds, with the checksums of all of it. */
async function files(tagged: string, { images }: { readonly images: string }): Promise<void> {
  check(tagged)
  mkdirSync(folder, { recursive: true })
  const put = (name: string, content: string) => writeFileSync(join(folder, name), content)
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const { archive } = await makePackage(root)
  copyFileSync(archive, join(folder, `nightcrier-functions-${version}.zip`))
  npm('pack', '--pack-destination', folder)
  put(`nightcrier-${version}.cdx.json`, npm('sbom', '--sbom-format', 'cyclonedx'))
  for (const [name, text] of Object.entries(withImages(root, readFileSync(images, 'utf8')))) put(name, text)
  put('CHANGES.md', changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version))
  const sums = readdirSync(folder)
    .filter((name) => name !== 'SHA256SUMS')
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${basename(name)}`,
    )
  put('SHA256SUMS', `${sums.join('\n')}\n`)
  console.log(sums.join('\n'))
}

const command = new Command('npm run release --').description('What .github/workflows/release.yml makes of a tag.')
command.command('check').argument('<version>').description('tag, package and changelog agree').action(check)
command
  .command('files')
  .argument('<version>')
  .description('packages, manifests, SBOM, changelog and checksums in build/release')
  .requiredOption('--images <file>', 'lines of a target and its image by digest')
  .action(files)
try {
  await command.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
