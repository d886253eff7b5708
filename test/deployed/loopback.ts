import { once } from 'node:events'
import type { Server } from 'node:net'

/** Listens on this machine until the stack ends; answers the port. */
export async function loopback(stack: AsyncDisposableStack, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('There is no port.')
  return address.port
}
