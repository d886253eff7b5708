import { open, stat } from 'node:fs/promises'
import { GiveUp } from '../../runtime/errors.ts'

/** Kubeconfigs are read up to 1 MiB; a token or a certificate is far below. */
const MAX_BYTES = 1024 * 1024
/** Files on this machine are looked at so often, at most: a change counts with the next call. */
export const LOOK_MS = 1_000

/** Another one means another content. Follows links, as mounted ConfigMaps need it. */
export async function stampOf(path: string): Promise<string> {
  const { mtimeMs, ctimeMs, size, ino } = await stat(path)
  return `${ino}-${size}-${mtimeMs}-${ctimeMs}`
}

export async function readSmall(path: string): Promise<string> {
  await using file = await open(path, 'r')
  const info = await file.stat()
  if (!info.isFile()) throw new GiveUp('it is not a file')
  if (info.size > MAX_BYTES) throw new GiveUp('it is over 1 MiB')
  return await file.readFile('utf8')
}
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
