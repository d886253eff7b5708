import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { lockFolder } from '../../../../infra/local/serve/folder-lock.ts'

/** What others do just before a lock is renamed, and just after. */
const others = vi.hoisted(() => ({ before: () => {}, after: () => {} }))
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const rename: typeof real.rename = async (from, to) => {
    others.before()
    await real.rename(from, to)
    others.after()
  }
  return { ...real, rename }
})

const place = mkdtempSync(join(tmpdir(), 'nightcrier-race-'))
afterAll(() => rmSync(place, { recursive: true }))
const file = join(place, 'lock')
let at = 0
/** Somebody touches it between two looks. */
const taker = {
  host: 'pod-d',
  table: 'of-d',
  pid: 1,
  clock: {
    now: () => new Date(at),
    sleep: async (ms: number) => {
      at += ms
      if (readFileSync(file, 'utf8') !== dead) utimesSync(file, new Date(), new Date(statSync(file).mtimeMs + 5_000))
    },
  },
}
const dead = 'pod-a of-a 1 dead\n'
const once = (act: () => void) => () => {
  others.before = others.after = () => {}
  act()
}
const lock = () => lockFolder(file, 'there', new AbortController().signal, taker)

test('one that was renamed though it was new is put back', async () => {
  writeFileSync(file, dead)
  others.before = once(() => writeFileSync(file, 'pod-b of-b 1 new\n'))
  await expect(lock()).rejects.toThrow('Process 1 of pod-b works on there')
  expect(readFileSync(file, 'utf8')).toBe('pod-b of-b 1 new\n')
})

test('… but never over that of a third one, who was there meanwhile', async () => {
  writeFileSync(file, dead)
  others.before = () => writeFileSync(file, 'pod-b of-b 1 new\n')
  others.after = once(() => writeFileSync(file, 'pod-c of-c 1 newer\n', { flag: 'wx' }))
  await expect(lock()).rejects.toThrow('Process 1 of pod-c works on there')
  expect(readFileSync(file, 'utf8')).toBe('pod-c of-c 1 newer\n')
})
