import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'

/** Prose that stands beside its module is read from there in the source, and is part of the module in the package. */
export const inlineTexts: Plugin = {
  name: 'inline-texts',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]prompts[\\/]texts\.ts$/ }, ({ path }) => {
      const reading = /readFileSync\(new URL\('\.\/([\w-]+\.md)', import\.meta\.url\), 'utf8'\)/g
      const contents = readFileSync(path, 'utf8').replace(reading, (_, name: string) =>
        JSON.stringify(readFileSync(join(dirname(path), name), 'utf8')),
      )
      return { contents, loader: 'ts' }
    })
    plugin.onLoad({ filter: /[\\/]runtime[\\/]version\.ts$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(join(dirname(path), '../../package.json'), 'utf8'))
      return { contents: `export const version = ${JSON.stringify(version)}`, loader: 'ts' }
    })
  },
}
