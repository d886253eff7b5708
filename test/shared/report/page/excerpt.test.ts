import { expect, test } from 'vitest'
import { excerpt } from '../../../../shared/report/page/excerpt.ts'

const whole = (parts: ReturnType<typeof excerpt>['parts']) => parts.map(({ text }) => text).join('')

test('a short answer is shown whole, its quotes marked, white space folded as in the check', () => {
  const { parts, shown } = excerpt('kind: Pod\nstatus: no such\n   file here', ['no such file'])
  expect(parts).toEqual([
    { kind: 'text', text: 'kind: Pod\nstatus: ' },
    { kind: 'quote', text: 'no such\n   file' },
    { kind: 'text', text: ' here' },
  ])
  expect(shown).toBe(38)
})

test('a quote far down a long answer is shown with what stands around it, and what is left out is counted', () => {
  const output = `${'a'.repeat(20_000)} needle ${'b'.repeat(20_000)}`
  const { parts, shown } = excerpt(output, ['needle'])
  expect(parts.map(({ kind }) => kind)).toEqual(['text', 'gap', 'text', 'quote', 'text', 'gap'])
  expect(parts.filter(({ kind }) => kind === 'gap').map(({ text }) => text)).toEqual([
    '16701 characters left out',
    '19701 characters left out',
  ])
  expect(shown).toBe(3_000 + 300 + 6 + 300)
})

test('quotes that overlap, stand at the edge, or are not there take nothing away', () => {
  const output = `${'x'.repeat(2_995)}edge-of-the-head`
  const { parts, shown } = excerpt(output, ['edge-of', 'of-the-head', 'not there', '(', '  '])
  expect(whole(parts)).toBe(output)
  expect(parts.filter(({ kind }) => kind === 'quote').map(({ text }) => text)).toEqual(['edge-of-the-head'])
  expect(shown).toBe(output.length)
})

test('an empty answer stays empty', () => {
  expect(excerpt('', ['a'])).toEqual({ parts: [], shown: 0 })
})
