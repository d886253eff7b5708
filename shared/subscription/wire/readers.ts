import type { Transform } from 'node:stream'
// Whole: a name that an older Node does not have would keep all of this from loading.
import zlib from 'node:zlib'
import { createParser, type EventSourceParser } from 'eventsource-parser'

/** A list of a large cluster has tens of megabytes; an instance may have 512 in all. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
/** One message on the stream. A fault of a megabyte must come through. */
const MAX_FRAME_CHARACTERS = 8 * 1024 * 1024
const MAX_ERROR_BYTES = 2_000

/** Takes in an answer piece by piece; `data` throws when there is too much of it. `end` resolves when all is handed on. */
export type Reader = { readonly data: (chunk: Buffer) => void; readonly end: () => void | Promise<void> }

export type StreamEvents = {
  /** One message: the data of a server-sent event, or the whole body. */
  readonly onMessage: (text: string) => void
  readonly onId?: ((id: string) => void) | undefined
  readonly onRetry?: ((ms: number) => void) | undefined
  /** What comes as an event of type `error`. */
  readonly onErrorEvent?: ((text: string) => void) | undefined
  /** A part of what is too large to be taken whole. */
  readonly onTooLarge?: (() => void) | undefined
}

export class EventReader implements Reader {
  readonly #decoder = new TextDecoder()
  readonly #parser: EventSourceParser
  readonly #events: Omit<StreamEvents, 'onMessage'>
  #tooBig: Error | undefined

  constructor(events: Omit<StreamEvents, 'onMessage'>, onMessage: StreamEvents['onMessage']) {
    const { onId, onRetry, onErrorEvent } = events
    this.#events = events
    this.#parser = createParser({
      maxBufferSize: MAX_FRAME_CHARACTERS,
      onEvent: ({ event, data }) => {
        if (data === '') return
        if (event === undefined || event === 'message') onMessage(data)
        else if (event === 'error') onErrorEvent?.(data)
      },
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') this.#tooBig = new Error('sends a message of more than 8 MiB')
      },
      ...(onId === undefined ? {} : { onId }),
      ...(onRetry === undefined ? {} : { onRetry }),
    })
  }

  data(chunk: Buffer): void {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }))
    if (this.#tooBig === undefined) return
    this.#events.onTooLarge?.()
    throw this.#tooBig
  }

  end(): void {}
}

export function wholeReader(onMessage: (text: string) => void): Reader {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    data: (chunk) => {
      bytes += chunk.length
      if (bytes > MAX_ANSWER_BYTES) throw new Error('answers with more than 32 MiB')
      chunks.push(chunk)
    },
    end: () => {
      // Without the mark that some write in front of UTF-8.
      const text =
        bytes === 0
          ? ''
          : Buffer.concat(chunks)
              .toString('utf8')
              .replace(/^\uFEFF/, '')
      if (text.trim() !== '') onMessage(text)
    },
  }
}

/** Decides by the first characters, for servers whose label says nothing or something wrong. */
export function guessingReader(asEvents: () => Reader, asWhole: () => Reader): Reader {
  let chosen: Reader | undefined
  let held = Buffer.alloc(0)
  const choose = (): Reader => {
    const start = held
      .toString('utf8', 0, 64)
      .replace(/^\uFEFF/, '')
      .trimStart()
    const reader = /^(:|(event|data|id|retry):)/.test(start) ? asEvents() : asWhole()
    reader.data(held)
    return reader
  }
  return {
    data: (chunk) => {
      if (chosen !== undefined) return chosen.data(chunk)
      held = Buffer.concat([held, chunk])
      if (held.length >= 16 || /[\r\n]/.test(held.toString('latin1'))) chosen = choose()
    },
    end: () => {
      chosen ??= choose()
      return chosen.end()
    },
  }
}

export function errorReader(onEnd: (text: string) => void): Reader {
  let text = ''
  return {
    data: (chunk) => {
      if (text.length < MAX_ERROR_BYTES) text += chunk.subarray(0, MAX_ERROR_BYTES).toString('utf8')
      else onEnd(text)
    },
    end: () => onEnd(text),
  }
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: zlib.createGunzip,
  'x-gzip': zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  zstd: zlib.createZstdDecompress,
}

/** For servers and proxies that compress without being asked. `undefined`: in a way that nobody here knows. */
export function decodingReader(coding: string, inner: Reader, fail: (error: Error) => void): Reader | undefined {
  const decoder = decoders[coding.trim().toLowerCase()]?.()
  if (decoder === undefined) return undefined
  const done = new Promise<void>((resolve) => {
    decoder.on('data', (chunk: Buffer) => {
      try {
        inner.data(chunk)
      } catch (error) {
        decoder.destroy()
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
    decoder.once('end', () => resolve())
    decoder.once('error', (error) => {
      fail(error)
      resolve()
    })
    decoder.once('close', () => resolve())
  })
  return {
    data: (chunk) => void decoder.write(chunk),
    end: async () => {
      decoder.end()
      await done
      await inner.end()
    },
  }
}
