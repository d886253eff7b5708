import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'

/** A forward proxy on loopback: whatever host it is asked for, it leads to this port here. */
export async function startForwardProxy(port: number) {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    const url = new URL(incoming.url ?? '')
    const path = `${url.pathname}${url.search}`
    const onward = request({ host: '127.0.0.1', port, method: incoming.method, path, headers: incoming.headers })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  server.on('connect', (incoming, socket, head) => {
    asked.push(`CONNECT ${incoming.url}`)
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.write(head)
      onward.pipe(socket)
      socket.pipe(onward)
    })
    for (const end of [onward, socket]) end.on('error', () => end.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
