import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Core } from './core-api.ts'

const PackageJson = z.looseObject({ main: z.string().optional() })

/** Loads `main` of the app's package.json, which the build writes as one file, and closes registration. */
export async function loadApp(app: string, core: Core): Promise<void> {
  const file = join(app, 'package.json')
  const { main } = PackageJson.parse(JSON.parse(readFileSync(file, 'utf8')))
  if (main === undefined) throw new Error(`${file} has no "main": build the app first (npm run build).`)
  const entry = join(app, main)
  if (!existsSync(entry)) throw new Error(`${entry} is not there: build the app first (npm run build).`)
  core.install()
  try {
    await import(pathToFileURL(entry).href)
  } catch (error) {
    throw new Error(`${entry} cannot be loaded`, { cause: error })
  }
  if (core.functions().length === 0) throw new Error(`${app} registered no function.`)
  const { HttpUri } = await core.model().getCapabilities({})
  if (HttpUri !== undefined) throw new Error('enableHttpStream is on, which this host does not do: leave it off.')
  await core.runHooks('appStart', { hookData: {}, appHookData: core.appHookData })
  core.close()
}
