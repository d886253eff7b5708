import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { inYaml, output } from '../../../shared/cli/terminal.ts'

test('what steers a terminal without an escape leaves as JSON writes it, and is the same JSON', () => {
  const written: string[] = []
  const stream = { write: (text: string) => void written.push(text) }
  const out = output({ out: stream, error: stream, color: false })
  const told = {
    text: 'a\u009b31mFAKE\u009d52;c;cm0gLXJm\u009c \u0085 \u2028 \u202e \u{e0041} all well\rroot cause: none',
  }
  out.line(JSON.stringify(told))
  out.note(told.text)
  const [json = '', note = ''] = written
  for (const line of [json, note]) expect(line).not.toMatch(/[\u007f-\u009f\u2028\u202e]|\u{e0041}/u)
  expect(json).toContain('\\u009b31m')
  expect(JSON.parse(json)).toEqual(told)
})

test('YAML keeps each value as it is, however it is shown', () => {
  const said: string[] = []
  const out = inYaml(
    output({ out: { write: (text) => said.push(text) }, error: { write: () => 0 }, color: false }),
    stringify,
  )
  const value = { reason: 'soft\u00adhyphen \u202e x', yes: 'no', count: 3 }
  out.line(JSON.stringify(value))
  expect(said.join('')).not.toMatch(/[\u00ad\u202e]/)
  expect(parse(said.join(''))).toEqual(value)
})
