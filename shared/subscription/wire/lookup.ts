import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A name server that is there answers in some milliseconds. Twice this and the system is asked. */
const RESOLVE_MS = 1_500
/**
 * The system's own lookup waits in a thread, ten seconds and more when no name server answers; two of four threads may
 * do that, and all other names stand behind them. So of names that DNS has just not known there is one at a time, and one
 * of those that only the system can complete.
 */
const system = { dotted: Promise.resolve() as Promise<unknown>, short: Promise.resolve() as Promise<unknown> }
/** By then a second name server has answered where the first is silent; a call, which waits for it, has longer. */
const SYSTEM_MS = 8_000
/** Who waits behind so many others gives up: the names before it do not resolve either. */
const MAX_WAITING = 50
let waiting = 0
/** One question per name at a time. */
const asked = new Map<string, Promise<readonly LookupAddress[]>>()

/**
 * Names to addresses in the order of the system (hosts file, DNS, and what else the system knows), without letting names
 * that do not resolve hold up those that do.
 */
export const lookup: LookupFunction = (hostname, options, callback) => {
  const known = asked.get(hostname)
  const answer = known ?? addressesOf(hostname)
  if (known === undefined) {
    asked.set(hostname, answer)
    void answer.catch(() => {}).finally(() => asked.delete(hostname))
  }
  answer.then(
    (all) => {
      const requested = options.family === 4 || options.family === 6 ? options.family : 0
      const found = requested === 0 ? all : all.filter(({ family }) => family === requested)
      const [first] = found
      if (first === undefined) callback(notFound(hostname), '')
      else if (options.all === true) callback(null, [...found])
      else callback(null, first.address, first.family)
    },
    (error: NodeJS.ErrnoException) => callback(error, ''),
  )
}

async function addressesOf(name: string): Promise<readonly LookupAddress[]> {
  const family = isIP(name)
  if (family !== 0) return [{ address: name, family }]
  const local = await inHosts(name)
  if (local.length > 0) return local
  const resolved = await byResolver(name)
  return resolved.length > 0 ? resolved : bySystem(name)
}

async function inHosts(name: string): Promise<readonly LookupAddress[]> {
  const text = await readFile('/etc/hosts', 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/)
    const family = isIP(address)
    return family !== 0 && names.includes(name.toLowerCase()) ? [{ address, family }] : []
  })
}

async function byResolver(name: string): Promise<readonly LookupAddress[]> {
  // A name of one word is completed by the system's search list, which only the system knows.
  if (!name.includes('.')) return []
  const resolver = new Resolver({ timeout: RESOLVE_MS, tries: 1 })
  const of = (family: 4 | 6, found: readonly string[]) => found.map((address) => ({ address, family }))
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  return [
    ...(four.status === 'fulfilled' ? of(4, four.value) : []),
    ...(six.status === 'fulfilled' ? of(6, six.value) : []),
  ]
}

async function bySystem(name: string): Promise<readonly LookupAddress[]> {
  if (waiting >= MAX_WAITING) throw notFound(name)
  waiting += 1
  let late = false
  const lane = name.includes('.') ? 'dotted' : 'short'
  const turn = system[lane].then(() => (late ? Promise.reject(notFound(name)) : askedOfSystem(name)))
  system[lane] = turn.catch(() => {})
  const patience = new AbortController()
  const deadline = pause(SYSTEM_MS, undefined, { signal: patience.signal, ref: false }).then(() => {
    late = true
    throw notFound(name)
  })
  try {
    return await Promise.race([turn, deadline])
  } finally {
    patience.abort()
    deadline.catch(() => {})
    waiting -= 1
  }
}

const askedOfSystem = (name: string): Promise<readonly LookupAddress[]> =>
  new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, all) => (error === null ? resolve(all) : reject(error)))
  })

const notFound = (name: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`getaddrinfo EAI_AGAIN ${name}`), { code: 'EAI_AGAIN', hostname: name })
