import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loads } from '../../../infra/loads.ts'
import { makePackage } from '../../../infra/package.ts'
import { median } from '../medians.ts'
import { register } from '../registration.ts'
import { type Row, row } from '../row.ts'
import type { Plan } from './plan.ts'

const root = join(import.meta.dirname, '../../..')

/** What a new instance loads before its first invocation. The floor is the Functions library alone. */
export async function cold({ runs, say }: Plan): Promise<readonly Row[]> {
  say('the package')
  await using stack = new AsyncDisposableStack()
  const place = await mkdtemp(join(tmpdir(), 'nightcrier-bench-'))
  stack.defer(() => rm(place, { recursive: true }))
  const built = await makePackage(root, place)
  const { folder, bytes, archiveBytes } = built
  const times = (main: string) => median(Array.from({ length: runs }, () => register(main).milliseconds))
  const registered = { value: times(join(folder, 'main.js')), floor: times(import.meta.resolve('@azure/functions')) }
  return [
    row('registration of all functions', 'ms', registered, { atMost: 60 }),
    row('package', 'MB', { value: bytes / 1e6 }, { atMost: 5 }),
    row('package, zipped', 'MB', { value: archiveBytes / 1e6 }),
    ...loads(root, built).flatMap(({ act, files, bytes: size }) => {
      const later = files.map((file) => join(folder, file))
      const values = Array.from({ length: runs }, () => register(join(folder, 'main.js'), later).laterMilliseconds)
      return [
        row(`code of the first ${act}`, 'KB', { value: size / 1e3 }),
        row(`loading it before the first ${act}`, 'ms', { value: median(values) }),
      ]
    }),
  ]
}
