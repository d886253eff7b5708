import { readFileSync, readlinkSync } from 'node:fs'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import process from 'node:process'
import { type Clock, systemClock } from '../../../shared/runtime/clock.ts'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'
import { randomId } from '../../../shared/runtime/ids.ts'
import { isRunning } from '../own-process.ts'

/** Who takes it, and by which clock. `table` names the process table that `pid` is of: in another it is another's. */
export type Taker = { readonly clock: Clock; readonly host: string; readonly table: string; readonly pid: number }
export type FolderLock = {
  /** Aborts when another process has taken the folder all the same: it saw nothing of this one for too long. */
  readonly lost: AbortSignal
  /** Gives it back, after `last` has cleared away what is this process's; neither when it is another's by now. */
  readonly release: (last: () => Promise<void>) => Promise<void>
}

/** Marks our own process among those that a number may belong to later. */
const MARK = 'serve'
const TOUCH_MS = 5_000
/** Four touches: a holder on another machine that is this silent has ended, or stands still. */
const SILENT_MS = 4 * TOUCH_MS
/** While somebody else's lock is watched for a touch. */
const CHECK_MS = 1_000
/** Each ends with one process fewer that wants it. */
const MOST_TRIES = 5

const thisProcess = (): Taker => ({ clock: systemClock, host: hostname(), table: processTable(), pid: process.pid })

/** The name of a machine does not tell: containers that share its network share its name, and see none of each other. */
function processTable(): string {
  if (process.platform !== 'linux') return hostname()
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // A sandbox that does not say: nobody else's numbers count.
    return randomId()
  }
}

/**
 * A file that says who works on a folder. A process of this table is looked for by its number; those of another
 * container or machine cannot be seen at all: they touch the file while they live.
 */
export async function lockFolder(
  file: string,
  path: string,
  signal: AbortSignal,
  taker = thisProcess(),
): Promise<FolderLock> {
  const { clock, host, table, pid } = taker
  const id = randomId()
  const mine = `${host} ${table} ${pid} ${id}\n`
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted()
    if (await made(file, mine)) break
    if (tries === MOST_TRIES) throw taken('Another process', path)
    const theirs = await readIf(file)
    if (theirs !== undefined && (await isDead(file, theirs, path, signal, taker))) await removeDead(file, theirs, id)
  }
  const lost = new AbortController()
  const over = new AbortController()
  const touching = touch()

  async function touch(): Promise<void> {
    for (;;) {
      await clock.sleep(TOUCH_MS, over.signal)
      if (over.signal.aborted) return
      try {
        const there = await readIf(file)
        if (there === undefined) await made(file, mine)
        else if (there !== mine) return lost.abort()
        await utimes(file, clock.now(), clock.now())
      } catch {
        // A disk that is away for a moment: the next touch tells.
      }
    }
  }
  return {
    lost: lost.signal,
    release: async (last) => {
      over.abort()
      await touching
      if ((await readIf(file)) !== mine) return
      await last()
      await rm(file, { force: true })
    },
  }
}

const taken = (who: string, path: string): GiveUp =>
  new GiveUp(`${who} works on ${path} already. End it, or give another folder with --data.`)

/** False: it changed meanwhile. One that is held is refused. */
async function isDead(
  file: string,
  theirs: string,
  path: string,
  signal: AbortSignal,
  { clock, table, pid }: Taker,
): Promise<boolean> {
  // An earlier version named no table.
  const [, itsHost, itsTable, number] = /^(\S+) (?:(\S+) )?(\d+) \S+\n$/.exec(theirs) ?? []
  if (itsTable === table) {
    // Our own number: who had it before us has ended.
    if (Number(number) !== pid && (await isRunning(Number(number), MARK))) throw taken(`Process ${number}`, path)
    return true
  }
  const who = itsHost === undefined ? 'Another process' : `Process ${number} of ${itsHost}`
  const first = await touchedAt(file)
  // By what we wait and see: when it was touched is told by a clock that may go wrong, as may ours.
  for (let waited = 0; waited < SILENT_MS; waited += CHECK_MS) {
    await clock.sleep(CHECK_MS, signal)
    signal.throwIfAborted()
    if ((await readIf(file)) !== theirs) return false
    if ((await touchedAt(file)) !== first) throw taken(who, path)
  }
  return true
}

/** False when there is one. */
async function made(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Two that found the same dead lock must not take away each other's new one: only one can rename what it has seen. */
async function removeDead(file: string, theirs: string, id: string): Promise<void> {
  const away = `${file}.${id}`
  try {
    await rename(file, away)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const text = await readIf(away)
  if (text !== undefined && text !== theirs) await putBack(away, file, text)
  await rm(away, { force: true })
}

/** Unless a third one was there meanwhile: a rename would take that one's away. */
async function putBack(away: string, file: string, text: string): Promise<void> {
  try {
    await link(away, file)
  } catch (error) {
    // Some shares know no second name of a file.
    if (codeOf(error) !== 'EEXIST') await made(file, text)
  }
}

const touchedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

async function readIf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new Error(`${file} cannot be read: ${errorText(error)}`, { cause: error })
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
