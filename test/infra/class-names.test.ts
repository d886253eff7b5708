import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { classNamesOnly } from '../../infra/class-names.ts'

const source = `
  export class RefusedHere extends Error { get kind() { return this.constructor.name } }
  export const Made = class MadeInPlace {}
  export function connection(port) { const close = () => port; function send() { return close() } return { close, send } }
`

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source },
    bundle: true,
    format: 'esm',
    minify: true,
    keepNames: true,
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

test('a class keeps its name through minifying, and functions are not named again each time they are made', async () => {
  const code = await bundled()
  const kept = classNamesOnly(code)
  const { RefusedHere, Made, connection } = await import(`data:text/javascript,${encodeURIComponent(kept)}`)
  expect(new RefusedHere().kind).toBe('RefusedHere')
  expect(Made.name).toBe('MadeInPlace')
  expect(connection(7).send()).toBe(7)
  // As the bundler writes it, both would be: when that changes, this must be looked at again.
  const before = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  expect(before.connection(7).send.name).toBe('send')
  expect(connection(7).send.name).not.toBe('send')
})
