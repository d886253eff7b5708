import { type Dispatcher, WebSocket } from 'undici'
import { z } from 'zod'
import type { ExecAnswer, ExecQuery } from './cluster-writer.ts'
import { resourcePath } from './paths.ts'

/** Channels of `v4.channel.k8s.io`: https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const [STDOUT, STDERR, STATUS] = [1, 2, 3]
const Status = z.looseObject({
  status: z.string(),
  message: z.string().catch(''),
  details: z
    .looseObject({ causes: z.array(z.looseObject({ reason: z.string(), message: z.string() })).catch([]) })
    .optional(),
})

/** Runs one program in a container, without input and terminal. Rejects when it cannot begin. */
export function execOver(
  dispatcher: Dispatcher,
  server: string,
  headers: Readonly<Record<string, string>>,
  query: ExecQuery,
  until: AbortSignal,
): Promise<ExecAnswer> {
  const { namespace, pod, container, command, maxBytes } = query
  const place = { plural: 'pods', namespaced: true }
  const asked = new URLSearchParams({ container, stdout: 'true', stderr: 'true' })
  for (const part of command) asked.append('command', part)
  const url = `${server.replace(/^http/, 'ws')}${resourcePath('v1', place, namespace, pod, 'exec')}?${asked}`
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { protocols: PROTOCOLS, dispatcher, headers: { ...headers } })
    socket.binaryType = 'arraybuffer'
    const written = { [STDOUT]: bounded(maxBytes), [STDERR]: bounded(maxBytes) }
    let begun = false
    let status: Ended = {}
    const end = (cut?: ExecAnswer['cut']) => {
      until.removeEventListener('abort', late)
      socket.close()
      const [stdout, stderr] = [written[STDOUT]?.text() ?? '', written[STDERR]?.text() ?? '']
      resolve({ stdout, stderr, ...status, ...(cut === undefined ? {} : { cut }) })
    }
    const late = () => {
      if (begun) return end('time')
      // Before the closing, which tells an error of its own.
      reject(until.reason)
      socket.close()
    }
    until.addEventListener('abort', late, { once: true })
    socket.addEventListener('open', () => {
      begun = true
    })
    socket.addEventListener('message', ({ data }) => {
      if (!(data instanceof ArrayBuffer) || data.byteLength < 2) return
      const [channel = 0] = new Uint8Array(data, 0, 1)
      const content = Buffer.from(data, 1)
      if (channel === STATUS) {
        status = statusOf(content.toString('utf8'))
        end()
      } else if (written[channel]?.add(content) === false) end('size')
    })
    socket.addEventListener('error', ({ error }) => {
      until.removeEventListener('abort', late)
      if (!begun) reject(error)
    })
    socket.addEventListener('close', () => end('connection'))
  })
}

type Ended = Pick<ExecAnswer, 'exitCode' | 'failure'>
/** What the kubelet says at the end: success, with which code it failed, or why it could not be started. */
function statusOf(text: string): Ended {
  let stated: unknown
  try {
    stated = JSON.parse(text)
  } catch {
    return {}
  }
  const parsed = Status.safeParse(stated)
  if (!parsed.success) return {}
  const { status, message, details } = parsed.data
  if (status === 'Success') return { exitCode: 0 }
  const code = Number(details?.causes.find(({ reason }) => reason === 'ExitCode')?.message)
  return Number.isInteger(code) ? { exitCode: code } : { failure: message.slice(0, 1_000) || status }
}

function bounded(maxBytes: number) {
  const chunks: Buffer[] = []
  let length = 0
  return {
    /** False when there was no more room. */
    add: (chunk: Buffer): boolean => {
      const kept = chunk.subarray(0, Math.max(0, maxBytes - length))
      chunks.push(kept)
      length += kept.length
      return kept.length === chunk.length
    },
    // The decoder holds back half a character at the cut.
    text: () => new TextDecoder().decode(Buffer.concat(chunks), { stream: true }),
  }
}
