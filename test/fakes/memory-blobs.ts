import type { Blobs } from '../../shared/runtime/blobs.ts'
import { type Clock, systemClock } from '../../shared/runtime/clock.ts'
import { GiveUp } from '../../shared/runtime/errors.ts'

export type MemoryBlobs = Blobs & {
  readonly names: () => readonly string[]
  /** What a link made here leads to: the content to read, or what may be written; refuses what the real link refuses. */
  readonly followReadLink: (link: string) => string
  readonly followCreateLink: (link: string, content: string | Uint8Array) => void
}

type Stored = { readonly bytes: Uint8Array; readonly etag: string; readonly lastModified: Date }
const MAX_LIST = 5_000

export function memoryBlobs(clock: Clock = systemClock): MemoryBlobs {
  const blobs = new Map<string, Stored>()
  let writes = 0
  const put = (name: string, content: string | Uint8Array) => {
    if (name === '' || name.length > 1024) throw new Error(`no name for a blob: ${JSON.stringify(name)}`)
    writes += 1
    blobs.set(name, { bytes: Buffer.from(content), etag: `"0x${writes.toString(16)}"`, lastModified: clock.now() })
  }
  const small = (name: string, maxBytes: number): Stored | undefined => {
    const found = blobs.get(name)
    if (found && found.bytes.length > maxBytes)
      throw new GiveUp(`Blob ${name} has ${found.bytes.length} bytes, more than the ${maxBytes} that are read.`)
    return found
  }
  const info = (name: string, { bytes, etag, lastModified }: Stored) => ({
    name,
    etag,
    lastModified,
    bytes: bytes.length,
  })
  const link = (name: string, may: string, expires: Date) =>
    `https://blobs.invalid/${encodeURIComponent(name)}?sp=${may}&se=${encodeURIComponent(expires.toISOString())}`
  const follow = (text: string, may: string): string => {
    const url = new URL(text)
    if (url.searchParams.get('sp') !== may) throw new Error(`403: this link cannot do ${may}`)
    if (new Date(url.searchParams.get('se') ?? 0) <= clock.now()) throw new Error('403: this link is over')
    return decodeURIComponent(url.pathname.slice(1))
  }
  return {
    names: () => [...blobs.keys()].sort(),
    read: async (name, maxBytes) => {
      const found = small(name, maxBytes)
      if (!found) return undefined
      const { etag, lastModified } = found
      return { name, text: Buffer.from(found.bytes).toString('utf8'), etag, lastModified }
    },
    readBytes: async (name, maxBytes) => {
      const found = small(name, maxBytes)
      return found && Uint8Array.from(found.bytes)
    },
    info: async (name) => {
      const found = blobs.get(name)
      return found && info(name, found)
    },
    write: async (name, content, { onlyIfNew = false, onlyIfEtag } = {}) => {
      if (onlyIfNew && blobs.has(name)) return false
      if (onlyIfEtag !== undefined && blobs.get(name)?.etag !== onlyIfEtag) return false
      put(name, content)
      return true
    },
    remove: async (name) => void blobs.delete(name),
    list: async (prefix, limit) => {
      if (!(limit >= 1 && limit <= MAX_LIST)) throw new Error(`limit ${limit}: 1 to ${MAX_LIST}`)
      const found = [...blobs].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
      return found.slice(0, limit).map(([name, stored]) => info(name, stored))
    },
    readLink: async (name, expires) => link(name, 'r', expires),
    createLink: async (name, expires) => link(name, 'c', expires),
    followReadLink: (text) => {
      const found = blobs.get(follow(text, 'r'))
      if (!found) throw new Error('404: no such blob')
      return Buffer.from(found.bytes).toString('utf8')
    },
    followCreateLink: (text, content) => {
      const name = follow(text, 'c')
      if (blobs.has(name)) throw new Error('403: this link can only create')
      put(name, content)
    },
  }
}
