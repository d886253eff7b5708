import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'

const module = new URL('../../../../infra/local/start/with-parent.ts', import.meta.url).href
/** Says its id and that it was told to end, and would go on for two minutes. */
const program = `
const { endWithParent } = await import(${JSON.stringify(module)})
endWithParent()
process.on('SIGTERM', () => process.exit(0))
console.log(process.pid)
setTimeout(() => {}, 120_000)
`
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('whoever ends npm and tells the stack nothing ends the stack', { timeout: 60_000 }, async () => {
  // As npm does: a parent that starts the program through a shell of its own, and dies of SIGTERM without a word.
  const npm = spawn(
    process.execPath,
    [
      '-e',
      `require('node:child_process').spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(program)}], { stdio: 'inherit' })`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void npm.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: npm.stdout }), 'line')
  const stack = Number(line)
  onTestFinished(() => {
    if (lives(stack)) process.kill(stack, 'SIGKILL')
  })
  expect(lives(stack)).toBe(true)
  npm.kill('SIGTERM')
  await vi.waitFor(() => expect(lives(stack)).toBe(false), { timeout: 40_000, interval: 100 })
})
