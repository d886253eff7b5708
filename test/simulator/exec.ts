import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'

/** A program in a container, as a test plays it. */
export type Program = (run: {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly command: readonly string[]
}) => { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number; readonly hangs?: boolean }

const CLOSE = 8
const PROTOCOL = 'v5.channel.k8s.io'

/** Answers an upgrade as the API server does: one frame for each channel, the exit status on channel 3, and the end. */
export function runExec(socket: Duplex, key: string, result: ReturnType<Program>): void {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${PROTOCOL}\r\n\r\n`,
  )
  const { stdout = '', stderr = '', exitCode = 0, hangs = false } = result
  for (const [channel, text] of [
    [1, ''],
    [1, stdout],
    [2, stderr],
  ] as const)
    socket.write(frame(channel, text))
  socket.on('data', (chunk: Buffer) => {
    if (((chunk[0] ?? 0) & 0x0f) === CLOSE) socket.end()
  })
  socket.on('error', () => socket.destroy())
  if (hangs) return
  const failed = {
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  }
  const status = { metadata: {}, ...(exitCode === 0 ? { status: 'Success' } : failed) }
  socket.write(frame(3, JSON.stringify(status)))
  // A close with the code 1000, as the API server sends it.
  socket.write(Buffer.from([0x80 | CLOSE, 2, 0x03, 0xe8]))
}

/** One binary message, its first byte the channel. */
function frame(channel: number, text: string): Buffer {
  const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)])
  const head = Buffer.alloc(payload.length < 126 ? 2 : 10)
  head[0] = 0x82
  if (payload.length < 126) head[1] = payload.length
  else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  return Buffer.concat([head, payload])
}
