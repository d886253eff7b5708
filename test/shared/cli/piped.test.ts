import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { pipedIn } from '../../../shared/cli/piped.ts'

const never = new AbortController().signal

test('what is piped in is read to its end, and no longer than a key is long', async () => {
  const pipe = new PassThrough()
  pipe.end('secret\n')
  expect(await pipedIn(pipe, never)).toBe('secret\n')
  const endless = new PassThrough()
  endless.write(Buffer.alloc(70_000, 'x'))
  await expect(pipedIn(endless, never)).rejects.toThrow('More than 64 kB')
})

test('a pipe that nobody closes is waited for so long and no longer, and ends with the command', async () => {
  await expect(pipedIn(new PassThrough(), never, 20)).rejects.toThrow('does not end within')
  const stop = new AbortController()
  const waits = pipedIn(new PassThrough(), stop.signal)
  stop.abort()
  await expect(waits).rejects.toThrow()
})
