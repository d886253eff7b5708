import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

/** As Node 22 would say of itself: it strips types, and still does not know all that the sources use. */
const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'22.18.0'}})`

test.each([
  ['nightcrier', 'shared/cli/main.ts'],
  ['nightcrier-mcp', 'shared/mcp-server/main.ts'],
])('%s runs sources on Node 24 only, else what was built, else says what it needs', async (name, source) => {
  const place = mkdtempSync(join(tmpdir(), 'nightcrier-bin-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(place, file)), { recursive: true })
    writeFileSync(join(place, file), text)
  }
  put('package.json', '{"type":"module"}')
  put(source, "console.log('sources' as string)")
  put(`dist/${name}.js`, "console.log('built')")
  mkdirSync(join(place, 'bin'))
  const program = join(place, `bin/${name}.js`)
  copyFileSync(join(import.meta.dirname, `../bin/${name}.js`), program)
  const says = (...flags: string[]) =>
    promisify(execFile)(process.execPath, [...flags, program]).then(
      ({ stdout }) => stdout.trim(),
      ({ stderr }) => String(stderr).trim(),
    )
  expect(await says()).toBe('sources')
  expect(await says('--import', older)).toBe('built')
  rmSync(join(place, 'dist'), { recursive: true })
  expect(await says('--import', older)).toMatch(
    /^A clone needs Node 24, and this is 22\.18\.0: npx [\w-]+, after npm ci/,
  )
  rmSync(join(place, 'shared'), { recursive: true })
  put(`dist/${name}.js`, "console.log('built')")
  expect(await says()).toBe('built')
})
