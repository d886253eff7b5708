import { expect } from 'vitest'
import type { Blobs } from '../../../shared/runtime/blobs.ts'
import type { Claims } from './claims.ts'

/** The blobs, and what somebody can do who holds a link and nothing else; both refuse with an error. */
export type BlobsAndLinks = {
  readonly blobs: Blobs
  readonly get: (link: string) => Promise<string>
  readonly put: (link: string, text: string) => Promise<void>
}

const text = async (blobs: Blobs, name: string) => (await blobs.read(name, 1_000))?.text
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000)

export const blobClaims: Claims<BlobsAndLinks> = [
  [
    'text and bytes are read back unchanged, with etag, time and size',
    async ({ blobs }) => {
      expect(await blobs.write('a/b/ü.txt', 'ünïcödé 🙂')).toBe(true)
      const blob = await blobs.read('a/b/ü.txt', 1_000)
      expect(blob).toMatchObject({ name: 'a/b/ü.txt', text: 'ünïcödé 🙂' })
      const { etag, lastModified } = blob!
      expect(await blobs.info('a/b/ü.txt')).toEqual({ name: 'a/b/ü.txt', etag, lastModified, bytes: 16 })
      expect(Math.abs(lastModified.getTime() - Date.now())).toBeLessThan(60_000)
      const bytes = Uint8Array.from([0, 255, 128, 10, 13])
      await blobs.write('x.gz', bytes)
      expect(Uint8Array.from((await blobs.readBytes('x.gz', 5))!)).toEqual(bytes)
    },
  ],
  [
    'what is not there is undefined, and removing it is no error',
    async ({ blobs }) => {
      expect(await blobs.read('none', 10)).toBeUndefined()
      expect(await blobs.readBytes('none', 10)).toBeUndefined()
      expect(await blobs.info('none')).toBeUndefined()
      await blobs.remove('none')
      await blobs.write('a', '1')
      await blobs.remove('a')
      expect(await blobs.read('a', 10)).toBeUndefined()
    },
  ],
  [
    'an empty blob is one',
    async ({ blobs }) => {
      await blobs.write('empty.json', '')
      expect(await text(blobs, 'empty.json')).toBe('')
      expect((await blobs.info('empty.json'))?.bytes).toBe(0)
    },
  ],
  [
    'no more is read than was allowed, and the error names the blob',
    async ({ blobs }) => {
      await blobs.write('big.json', 'x'.repeat(101))
      await expect(blobs.read('big.json', 100)).rejects.toThrow(/big\.json has 101 bytes/)
      await expect(blobs.readBytes('big.json', 100)).rejects.toThrow(/big\.json has 101 bytes/)
      expect((await blobs.read('big.json', 101))?.text).toHaveLength(101)
    },
  ],
  [
    'a write over what is there gives a new etag, even of the same content',
    async ({ blobs }) => {
      await blobs.write('a', 'same')
      const first = await blobs.info('a')
      await blobs.write('a', 'same')
      expect((await blobs.info('a'))?.etag).not.toBe(first?.etag)
    },
  ],
  [
    'of twenty who write only if new one wins',
    async ({ blobs }) => {
      const names = Array.from({ length: 20 }, (_, n) => `writer ${n}`)
      const won = await Promise.all(names.map((name) => blobs.write('a', name, { onlyIfNew: true })))
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await text(blobs, 'a')).toBe(names[won.indexOf(true)])
    },
  ],
  [
    'a write with a stale etag, or onto nothing, does nothing and says so',
    async ({ blobs }) => {
      expect(await blobs.write('a', '0', { onlyIfEtag: '"0x8D0000000000000"' })).toBe(false)
      await blobs.write('a', '1')
      const { etag } = (await blobs.info('a'))!
      expect(await blobs.write('a', '2', { onlyIfEtag: etag })).toBe(true)
      expect(await blobs.write('a', '3', { onlyIfEtag: etag })).toBe(false)
      expect(await text(blobs, 'a')).toBe('2')
    },
  ],
  [
    'a list has the names under a prefix in order, up to its limit',
    async ({ blobs }) => {
      for (const name of ['i/b.txt', 'i/a/2', 'i/a/1', 'i2/x', 'i/B']) await blobs.write(name, name)
      const list = async (prefix: string, limit: number) => (await blobs.list(prefix, limit)).map(({ name }) => name)
      expect(await list('i/', 100)).toEqual(['i/B', 'i/a/1', 'i/a/2', 'i/b.txt'])
      expect(await list('', 2)).toEqual(['i/B', 'i/a/1'])
      expect(await list('none', 2)).toEqual([])
      expect((await blobs.list('i/b', 1))[0]).toEqual(await blobs.info('i/b.txt'))
      await expect(blobs.list('', 0)).rejects.toThrow()
      await expect(blobs.list('', 5_001)).rejects.toThrow()
    },
  ],
  [
    'a read link shows this blob until its end, and writes nothing',
    async ({ blobs, get, put }) => {
      await blobs.write('i/index.html', '<p>hello')
      const link = await blobs.readLink('i/index.html', inMinutes(10))
      expect(await get(link)).toBe('<p>hello')
      await expect(put(link, 'changed')).rejects.toThrow('403')
      await expect(get(await blobs.readLink('i/index.html', inMinutes(-1)))).rejects.toThrow('403')
      expect(await text(blobs, 'i/index.html')).toBe('<p>hello')
    },
  ],
  [
    'a create link makes this blob once, and neither reads it nor writes over it',
    async ({ blobs, get, put }) => {
      const link = await blobs.createLink('i/1.json.gz', inMinutes(10))
      await put(link, 'first')
      await expect(put(link, 'second')).rejects.toThrow('403')
      await expect(get(link)).rejects.toThrow('403')
      expect(await text(blobs, 'i/1.json.gz')).toBe('first')
      await expect(put(await blobs.createLink('i/2', inMinutes(-1)), 'late')).rejects.toThrow('403')
    },
  ],
]
