import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'

/** Its name in dist/: a program of its own, in the form that it is written in. */
export const AZURITE = 'azurite.cjs'
/** How often changes are written to the folder. A power cut takes back what is younger; a clean end or a kill of others, nothing. */
const SAVE_EVERY_MS = 100

/** Databases that it can keep itself in, and telemetry: neither is used, and each brings hundreds of packages. */
const unused = /^(sequelize|mysql2|tedious|pg-hstore|applicationinsights)(\/|$)/

const leaveOut: Plugin = {
  name: 'leave-out',
  setup(plugin) {
    plugin.onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'left-out' }))
    plugin.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: 'module.exports = { Model: class {}, Op: {}, Sequelize: class {} }',
    }))
  },
}

/** Five seconds by default, with no option to change it: far too much to lose for who keeps incidents in it. */
const saveOften = (seen: string[]): Plugin => ({
  name: 'save-often',
  setup(plugin) {
    plugin.onLoad({ filter: /persistence[\\/]Loki\w+MetadataStore\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const contents = text.replace('autosaveInterval: 5000', `autosaveInterval: ${SAVE_EVERY_MS}`)
      if (contents !== text) seen.push(path)
      return { contents }
    })
  },
})

/** Azurite with all that it needs in one file, so that an installed package depends on nothing. */
export async function bundleAzurite(root: string): Promise<{ readonly code: Buffer; readonly metafile: Metafile }> {
  const seen: string[] = []
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'node_modules/azurite/dist/src/azurite.js')],
    plugins: [leaveOut, saveOften(seen)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'silent',
    write: false,
    metafile: true,
  })
  const [file] = outputFiles
  if (file === undefined || seen.length < 4)
    throw new Error('Azurite is not as infra/bundle-azurite.ts knows it: see how its stores are saved now.')
  return { code: Buffer.from(file.contents), metafile }
}
