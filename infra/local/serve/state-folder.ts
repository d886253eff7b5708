import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'
import { randomId } from '../../../shared/runtime/ids.ts'
import type { AzuritePorts } from '../azurite.ts'
import { isRunning } from '../own-process.ts'

/** All that outlives a process of `nightcrier serve`. */
export type StateFolder = {
  readonly path: string
  readonly storage: string
  readonly vault: string
  readonly functionKey: string
  readonly keyFile: string
  /** Addresses that were handed out before a restart still name them. */
  readonly ports: AzuritePorts | undefined
  readonly keepPorts: (ports: AzuritePorts) => Promise<void>
  readonly release: () => Promise<void>
}

const Port = z.int().min(1).max(65_535)
const Ports = z.strictObject({ blob: Port, queue: Port, table: Port })
/** Marks our own process among those that a number may belong to later. */
const MARK = 'serve'

/** Makes what is missing, and takes the folder for this process: two on one storage would undo each other's writes. */
export async function openStateFolder(given: string): Promise<StateFolder> {
  const path = resolve(given)
  const at = (name: string) => join(path, name)
  try {
    for (const folder of [path, at('storage'), at('vault')]) await mkdir(folder, { recursive: true, mode: 0o700 })
    await take(at('lock'), path)
    return {
      path,
      storage: at('storage'),
      vault: at('vault'),
      functionKey: await keyIn(at('function-key')),
      keyFile: at('function-key'),
      ports: await portsIn(at('ports.json')),
      keepPorts: (ports) => writeFile(at('ports.json'), JSON.stringify(ports), { mode: 0o600 }),
      release: () => rm(at('lock'), { force: true }),
    }
  } catch (error) {
    if (error instanceof GiveUp) throw error
    throw new GiveUp(
      `The folder ${path} cannot be used: ${errorText(error)}. Give one that user ${process.getuid?.() ?? ''} may write to with --data.`,
    )
  }
}

async function take(file: string, path: string): Promise<void> {
  const holder = Number(await readFile(file, 'utf8').catch(() => ''))
  // In a container every process has the same number: a lock of our own number is left from before.
  if (holder > 0 && holder !== process.pid && (await isRunning(holder, MARK)))
    throw new GiveUp(`Process ${holder} works on ${path} already. End it, or give another folder with --data.`)
  await writeFile(file, String(process.pid), { mode: 0o600 })
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
