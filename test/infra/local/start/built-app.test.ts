import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { keepInUse } from '../../../../infra/local/start/built-app.ts'

const place = mkdtempSync(join(tmpdir(), 'nightcrier-built-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

test('a built app that is run from looks used on each of thirty days, and no more when the run has ended', async () => {
  const day = 86_400_000
  const begun = Date.parse('2026-01-01T00:00:00Z')
  let at = begun
  let wake = () => {}
  const clock = {
    now: () => new Date(at),
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((done) => {
        wake = done
        signal?.addEventListener('abort', () => done(), { once: true })
      }),
  }
  {
    await using _ = keepInUse(place, clock)
    for (; at < begun + 30 * day; at += day) {
      expect(statSync(place).mtimeMs).toBe(Math.max(begun, at - (at === begun ? 0 : day)))
      wake()
      await new Promise((done) => setImmediate(done))
    }
  }
  const last = statSync(place).mtimeMs
  expect(last).toBe(begun + 29 * day)
  at += day
  wake()
  await new Promise((done) => setImmediate(done))
  expect(statSync(place).mtimeMs).toBe(last)
})

test('one that somebody removed under the run ends nothing', async () => {
  const sleeps: AbortSignal[] = []
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((done) => {
      sleeps.push(signal!)
      signal?.addEventListener('abort', () => done(), { once: true })
    })
  await keepInUse(join(place, 'gone'), { now: () => new Date(), sleep })[Symbol.asyncDispose]()
  expect(sleeps).toHaveLength(1)
})
