import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { announcePlace } from '../../../../infra/local/start/announced-place.ts'
import { placeOf } from '../../../../shared/cli/place.ts'

test('a run is found while it lives, its key by nobody else, and taken back at its end', () => {
  const root = mkdtempSync(join(tmpdir(), 'nightcrier-told-'))
  const environment = { XDG_CONFIG_HOME: join(root, 'none') }
  const found = () => placeOf({ url: undefined, key: undefined, environment, folder: root })
  const file = join(root, '.nightcrier', 'local.json')
  const end = announcePlace(root, 'http://127.0.0.1:7099', 'secret')
  expect(found()).toEqual({ url: 'http://127.0.0.1:7099', key: 'secret' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const other = announcePlace(root, 'http://127.0.0.1:7100', 'other')
  // The older one ends and takes nothing from the newer.
  end()
  expect(found().url).toBe('http://127.0.0.1:7100')
  other()
  expect(existsSync(file)).toBe(false)
  // In the other order: the newer one takes itself back, and the older finds nothing to take.
  const [first, second] = [
    announcePlace(root, 'http://127.0.0.1:7102', 'a'),
    announcePlace(root, 'http://127.0.0.1:7103', 'b'),
  ]
  second()
  first()
  expect(existsSync(file)).toBe(false)
  // Of a run that was killed; no process has so high a number.
  writeFileSync(file, JSON.stringify({ url: 'http://127.0.0.1:7101', key: 'x', pid: 2_147_483_646 }))
  expect(found().url).toBe('http://127.0.0.1:7071')
  rmSync(root, { recursive: true })
})
