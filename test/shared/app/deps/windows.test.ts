import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const windows = join(import.meta.dirname, '../../../../shared/app/deps/windows.ts')
const clock = join(import.meta.dirname, '../../../../shared/runtime/clock.ts')

/** A process with one window that gives its lease back when it is told to end. */
async function withWindow(then: string) {
  const program = `
    const { endWindows, untilItEnds } = await import('${windows}')
    const { systemClock } = await import('${clock}')
    const run = (signal) => new Promise((resolve) => {
      signal.addEventListener('abort', () => setTimeout(() => { console.log('lease given back'); resolve() }, 200))
    })
    void untilItEnds(systemClock, run)
    console.log('begun')
    setInterval(() => {}, 1000)
    ${then}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await expect.poll(() => said, { timeout: 30_000 }).toContain('begun')
  return { child, said: () => said }
}

test('a signal ends the window, then the process, and not with 0: a worker that ends with 0 is never started again', async () => {
  const { child, said } = await withWindow('')
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(said()).toContain('lease given back')
  expect(code).toBe(143)
})

test('the host’s terminate hook waits until the lease is given back', async () => {
  const { child, said } = await withWindow(
    `setTimeout(async () => { await endWindows(systemClock); console.log('ended'); process.exit(0) }, 100)`,
  )
  await once(child, 'exit')
  expect(said().trim().split('\n')).toEqual(['begun', 'lease given back', 'ended'])
})
