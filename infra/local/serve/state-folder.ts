import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'
import { randomId } from '../../../shared/runtime/ids.ts'
import type { AzuritePorts } from '../azurite.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'

/** All that outlives a process of `nightcrier serve`. */
export type StateFolder = {
  readonly path: string
  readonly storage: string
  /** What only this run needs, credentials among it: empty at its start and at its end. */
  readonly run: string
  readonly vault: string
  readonly functionKey: string
  readonly keyFile: string
  /** Addresses that were handed out before a restart still name them. */
  readonly ports: AzuritePorts | undefined
  readonly keepPorts: (ports: AzuritePorts) => Promise<void>
  /** Aborts when another process has taken the folder. */
  readonly lost: AbortSignal
  readonly release: () => Promise<void>
}

const Port = z.int().min(1).max(65_535)
const Ports = z.strictObject({ blob: Port, queue: Port, table: Port })

/** Makes what is missing, and takes the folder for this process: two on one storage would undo each other's writes. */
export async function openStateFolder(given: string, signal: AbortSignal): Promise<StateFolder> {
  const path = resolve(given)
  const at = (name: string) => join(path, name)
  let lock: FolderLock | undefined
  try {
    for (const folder of [path, at('storage'), at('vault')]) await mkdir(folder, { recursive: true, mode: 0o700 })
    lock = await lockFolder(at('lock'), path, signal)
    const held = lock
    const run = at('run')
    await rm(run, { recursive: true, force: true })
    await mkdir(run, { mode: 0o700 })
    return {
      path,
      storage: at('storage'),
      run,
      vault: at('vault'),
      functionKey: await keyIn(at('function-key')),
      keyFile: at('function-key'),
      ports: await portsIn(at('ports.json')),
      keepPorts: (ports) => writeFile(at('ports.json'), JSON.stringify(ports), { mode: 0o600 }),
      lost: lock.lost,
      release: () => held.release(() => rm(run, { recursive: true, force: true })),
    }
  } catch (error) {
    await lock?.release(async () => {})
    if (error instanceof GiveUp || signal.aborted) throw error
    throw new GiveUp(
      `The folder ${path} cannot be used: ${errorText(error)}. Give one that user ${process.getuid?.() ?? ''} may write to with --data.`,
    )
  }
}

async function keyIn(file: string): Promise<string> {
  try {
    const made = await open(file, 'wx', 0o600)
    await made.writeFile(`${randomId()}${randomId()}\n`)
    await made.close()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const key = (await readFile(file, 'utf8')).trim()
  if (key.length < 16)
    throw new GiveUp(`${file} holds no key: it needs at least 16 characters. Remove it to get a new one.`)
  return key
}

async function portsIn(file: string): Promise<AzuritePorts | undefined> {
  const text = await readFile(file, 'utf8').catch(() => 'null')
  try {
    return Ports.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
