import { open, stat } from 'node:fs/promises'
import { MAX_KUBECONFIG_BYTES, textOf } from '../../kubernetes/kubeconfig-text.ts'
import { GiveUp } from '../../runtime/errors.ts'

/** Files on this machine are looked at so often, at most: a change counts with the next call. */
export const REFRESH_MS = 1_000

/** Another one means another content. Follows links, as mounted ConfigMaps need it. */
export async function stampOf(path: string): Promise<string> {
  const { mtimeMs, ctimeMs, size, ino } = await stat(path)
  return `${ino}-${size}-${mtimeMs}-${ctimeMs}`
}

export async function readSmall(path: string): Promise<string> {
  await using file = await open(path, 'r')
  const info = await file.stat()
  if (!info.isFile()) throw new GiveUp('it is not a file')
  if (info.size > MAX_KUBECONFIG_BYTES) throw new GiveUp('it is over 16 MiB')
  return textOf(await file.readFile())
}
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
