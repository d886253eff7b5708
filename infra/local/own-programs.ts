import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const fromSource = import.meta.url.endsWith('.ts')
/** In a bundle this code lies in an entry or in a chunk below it. */
const built = basename(here) === 'chunks' ? dirname(here) : here
const azurite = () => createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js')

/** The folder of the built app in an installed package; in a clone the app is built for each start. */
export const installedApp: string | undefined = fromSource ? undefined : built

/** Programs of our own that are started as processes: sources in a clone, bundles beside one another when installed. */
export const ownPrograms = fromSource
  ? { worker: join(here, 'host/worker.ts'), leash: join(here, 'end-with-parent.ts'), azurite }
  : {
      worker: join(built, 'worker.js'),
      leash: join(built, 'end-with-parent.js'),
      azurite: () => join(built, 'azurite.cjs'),
    }
