import { readFile, stat } from 'node:fs/promises'
import type { Blobs } from '../runtime/blobs.ts'
import type { ClustersSourceDeps } from './clusters-source.ts'

/** The parser refuses over 1 MiB in words; this much is taken in to get there. */
const MAX_READ_BYTES = 2 * 1024 * 1024

/** A file on this machine, known by its time and size. */
export const clustersFromFile =
  (path: string): ClustersSourceDeps['read'] =>
  async (knownEtag) => {
    try {
      const { mtimeMs, size } = await stat(path)
      const etag = `${mtimeMs}-${size}`
      if (etag === knownEtag) return 'unchanged'
      if (size > MAX_READ_BYTES) throw new Error(`it has ${size} bytes, and 1 MiB is the most`)
      return { text: await readFile(path, 'utf8'), etag }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

/** A blob: one HEAD when nothing has changed. */
export const clustersFromBlob =
  (blobs: Pick<Blobs, 'info' | 'read'>, name: string): ClustersSourceDeps['read'] =>
  async (knownEtag) => {
    if (knownEtag !== undefined && (await blobs.info(name))?.etag === knownEtag) return 'unchanged'
    return blobs.read(name, MAX_READ_BYTES)
  }
