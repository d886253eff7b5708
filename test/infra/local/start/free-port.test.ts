import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from '../../../../infra/local/start/free-port.ts'

test('a port in use is another one by itself, and a refusal in words where somebody named it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  expect(await freePort(port, false)).toBe(0)
  await expect(freePort(port, true)).rejects.toThrow(`Port ${port} is taken. End what listens there`)
  server.close()
  await once(server, 'close')
  expect(await freePort(port, true)).toBe(port)
  expect(await freePort(0, true)).toBe(0)
})
