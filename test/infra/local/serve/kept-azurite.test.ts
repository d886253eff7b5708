import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { keepAzurite } from '../../../../infra/local/serve/kept-azurite.ts'

test('whoever stops while storage is down waits for no pause, and starts nothing only to end it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrier-kept-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const storage = () =>
    execFileSync('ps', ['-ww', '-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(folder))
  const told: string[] = []
  const down = Promise.withResolvers<void>()
  const kept = await keepAzurite(folder, undefined, (sentence) => {
    told.push(sentence)
    down.resolve()
  })
  for (const line of storage()) process.kill(Number.parseInt(line, 10), 'SIGKILL')
  await down.promise
  const begun = performance.now()
  await kept.stop()
  expect(performance.now() - begun).toBeLessThan(450)
  expect(told).toEqual(['Storage has ended and is started again in 500 ms.'])
  expect(storage()).toEqual([])
}, 60_000)
