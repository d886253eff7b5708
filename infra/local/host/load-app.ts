import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Core } from './core-api.ts'

const PackageJson = z.looseObject({ main: z.string().optional() })

/** Loads every file that `main` of the app's package.json matches, as Azure's worker does, and closes registration. */
export async function loadApp(app: string, core: Core): Promise<void> {
  const file = join(app, 'package.json')
  const { main } = PackageJson.parse(JSON.parse(readFileSync(file, 'utf8')))
  if (main === undefined) throw new Error(`${file} has no "main": build the app first (npm run build).`)
  const files = globSync(main, { cwd: app }).sort()
  if (files.length === 0) throw new Error(`${join(app, main)} matches no file: build the app first (npm run build).`)
  core.install()
  for (const found of files) {
    try {
      await import(pathToFileURL(join(app, found)).href)
    } catch (error) {
      throw new Error(`${join(app, found)} cannot be loaded`, { cause: error })
    }
  }
  if (core.functions().length === 0) throw new Error(`${app} registered no function.`)
  const { HttpUri } = await core.model().getCapabilities({})
  if (HttpUri !== undefined) throw new Error('enableHttpStream is on, which this host does not do: leave it off.')
  await core.runHooks('appStart', { hookData: {}, appHookData: core.appHookData })
  core.close()
}
