import { expect, test } from 'vitest'
import { withoutHidden } from '../../../shared/notify/without-hidden.ts'
import { reported } from './sample-notices.ts'

test('no text of a notice turns the direction of what follows, steers a terminal or hides a character', () => {
  const turned = { title: 'Undo\u202e oot', command: 'kubectl\u0007 rollout\u200b undo', changesState: true }
  const clean = withoutHidden({ ...reported(), headline: 'a\u0000b\u2066c\ufeffd\u001b[31m', actions: [turned] })
  expect(clean.headline).toBe('abcd[31m')
  expect(clean.actions).toEqual([{ title: 'Undo oot', command: 'kubectl rollout undo', changesState: true }])
})

test('line ends, tabs, joined emoji and every script stay as they are', () => {
  const headline = 'Zeile\n\tשלום مرحبا 👩‍💻 日本語'
  expect(withoutHidden({ ...reported(), headline }).headline).toBe(headline)
})
