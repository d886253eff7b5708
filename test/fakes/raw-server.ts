import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** A loopback server below HTTP: `answer` gets each connection when its first bytes are there. */
export async function startRawServer(answer: (socket: Socket, connection: number) => void) {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    connections += 1
    const connection = connections
    sockets.add(socket)
    // A reset is what some of these tests are about.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.once('data', () => answer(socket, connection))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    host: `127.0.0.1:${address.port}`,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
