import { ClusterApiError } from './cluster-api.ts'

/** One object in etcd is at most 1.5 MiB; as JSON, with room to spare. */
const MAX_LINE_BYTES = 8 * 1024 * 1024

/** Lines of a stream. Ends with the stream; throws when a line is too long, or when nothing comes for `idleMs`. */
export async function* lines(stream: AsyncIterable<Buffer>, idleMs: number): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let length = 0
  for await (const chunk of withIdleLimit(stream, idleMs)) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end))
      const line = Buffer.concat(parts).toString('utf8').trim()
      parts = []
      length = 0
      from = end + 1
      if (line !== '') yield line
    }
    if (from >= chunk.length) continue
    parts.push(chunk.subarray(from))
    length += chunk.length - from
    if (length > MAX_LINE_BYTES) throw new ClusterApiError('A watch sent one event of over 8 MiB.', 413, 'TooLarge')
  }
}

async function* withIdleLimit(stream: AsyncIterable<Buffer>, idleMs: number): AsyncGenerator<Buffer> {
  const iterator = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined
      const idle = new Promise<never>((_, reject) => {
        const silent = () => reject(new ClusterApiError(`A watch was silent for ${idleMs / 1000} s.`, 0, 'Timeout'))
        timer = setTimeout(silent, idleMs)
      })
      const next = await Promise.race([iterator.next(), idle]).finally(() => clearTimeout(timer))
      if (next.done === true) return
      yield Buffer.from(next.value)
    }
  } finally {
    // Not waited for: a silent stream may take its time to close.
    iterator.return?.().catch(() => {})
  }
}
