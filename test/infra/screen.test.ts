import { expect, test } from 'vitest'
import { printable } from '../../infra/local/start/screen.ts'

test('nothing that a cluster says steers the terminal', () => {
  const hostile = ['\u001b[2J\u001b]0;pwn\u0007', '\u009b31mFAKE', '\u009d52;c;cm0\u009c', 'well\rcause: none', '\b\b']
  for (const text of [...hostile, 'a\u202eb', 'a\u2066b', 'a\u2028b', 'a\u0085b'])
    expect(printable(text)).not.toMatch(/[^\P{Cc}\n\t]|\p{Cf}|[\u2028\u2029]/u)
  expect(printable('two\nlines\tand a tab')).toBe('two\nlines\tand a tab')
})
