import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'

export type Place = { readonly url: string; readonly key: string }
type Environment = Readonly<Record<string, string | undefined>>
type Given = {
  readonly url: string | undefined
  readonly key: string | undefined
  readonly environment: Environment
  /** In which the command was given; a run of `npm start` is looked for in it and above. */
  readonly folder: string
  /** A file that cannot be read counts as none: for whoever is about to write it anew. */
  readonly lenient?: boolean
}

/** Where the Functions host listens on a machine of one's own. */
const LOCAL = 'http://127.0.0.1:7071'
/** Written by `npm start` while it runs, and taken away at its end. */
export const LOCAL_FILE = join('.nightcrier', 'local.json')
/** Deeper than any clone lies. */
const MOST_FOLDERS = 30

const Kept = z.looseObject({ url: z.string(), key: z.string().default(''), pid: z.number().int().optional() })

/** The app that is meant: by option, by environment, a run on this machine, what login kept, or the usual port. */
export function placeOf({ url, key, environment, folder, lenient = false }: Given): Place {
  const address = given(url, environment.NIGHTCRIER_URL)
  const secret = given(key, environment.NIGHTCRIER_KEY)
  if (address !== undefined && secret !== undefined) return { url: address, key: secret }
  const kept = [
    // Whoever can write into a folder says what is in it: a secret that names no address is not for that.
    secret === undefined ? localRun(folder, lenient) : undefined,
    read(loginFile(environment), 'Run nightcrier login again, or remove it.', lenient),
  ]
    .filter((one) => one !== undefined)
    // A key is sent to no address but the one it was kept for.
    .find((one) => address === undefined || bare(one.url) === bare(address))
  return { url: address ?? kept?.url ?? LOCAL, key: secret ?? kept?.key ?? '' }
}

/** What is set to nothing is not set. */
const given = (...words: readonly (string | undefined)[]) => words.find((one) => one !== undefined && one !== '')
const bare = (url: string): string => url.replace(/\/+$/, '').replace(/\/api$/, '')

/** A clone is a stranger's folder, too: a run on this machine, and no address elsewhere. */
function localRun(folder: string, lenient: boolean): Place | undefined {
  let at = folder
  for (let up = 0; up < MOST_FOLDERS; up++) {
    const found = read(join(at, LOCAL_FILE), 'Remove it: npm start writes it anew.', lenient)
    if (found !== undefined && isLoopback(found.url)) return found
    if (dirname(at) === at) return undefined
    at = dirname(at)
  }
  return undefined
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return /^https?:$/.test(protocol) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

/** By NIGHTCRIER_CONFIG, else where the system keeps what belongs to a user. */
export function loginFile(environment: Environment): string {
  const { NIGHTCRIER_CONFIG: own, XDG_CONFIG_HOME: config, HOME: home, APPDATA: roaming } = environment
  if (own) return own
  return join(config || (home ? join(home, '.config') : roaming || '.'), 'nightcrier', 'config.json')
}

function read(file: string, remedy: string, lenient: boolean): Place | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    const { url, key, pid } = Kept.parse(JSON.parse(text))
    // A run that was killed takes nothing back.
    return pid === undefined || isRunning(pid) ? { url, key } : undefined
  } catch {
    if (lenient) return undefined
    throw new GiveUp(`${file} is not as nightcrier writes it. ${remedy}`)
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
