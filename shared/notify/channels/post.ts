import { fetch } from 'undici'
import type { Clock } from '../../runtime/clock.ts'
import { derivedId } from '../../runtime/ids.ts'
import { cut } from '../notice.ts'
import { Refused, Unsure } from '../refusal.ts'
import { type Answer, type Answers, judge } from './answers.ts'
import { redactor } from './redact.ts'
import { retryAfter } from './retry-after.ts'
import { whyNot } from './unreached.ts'
import { wayOut } from './way-out.ts'

export type PostDeps = {
  readonly clock: Pick<Clock, 'sleep' | 'now'>
  /** Of one try. */
  readonly timeoutMs?: number
}
type Init = {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | FormData
}
export type Door = {
  readonly answers: Answers
  readonly address: string
  /** Keys that stand in headers or bodies: none of them is repeated in a text. */
  readonly keys?: readonly string[]
  /** An earlier post of the same may have arrived. */
  readonly again?: boolean
}
type Came = Answer & { readonly retryAfterSeconds: number | undefined }

/** Receivers answer in well under a second; what takes longer is better tried again later. */
const TIMEOUT_MS = 10_000
const TRIES = 3
const FIRST_WAIT_SECONDS = 0.5
const MAX_ANSWER_CHARACTERS = 300
/** The last fifty messages of a channel with all their blocks. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** Names what a place was opened with, and tells nothing of it. */
export const openedWith = (...secrets: readonly string[]): string => derivedId(16, ...secrets)

/**
 * fetch that answers only what proves delivery, and throws Refused or Unsure for all else. It tries again by itself only
 * where the receiver has nothing for certain; who asks for time gets it from the queue, and a receiver that may have
 * taken the notice gets no second post out of habit.
 */
export function provingFetch(
  { clock, timeoutMs = TIMEOUT_MS }: PostDeps,
  { answers, address, keys = [], again = false }: Door,
) {
  const redact = redactor(address, ...keys)
  const said = (text: string) => cut(redact(text.replace(/\s+/g, ' ').trim()), MAX_ANSWER_CHARACTERS)

  async function ask(url: string, { method = 'POST', headers = {}, body }: Init, onStart: () => void): Promise<Came> {
    const signal = AbortSignal.timeout(timeoutMs)
    const dispatcher = await wayOut(onStart)
    const given = typeof body === 'string' ? { body } : {}
    const { bare, login } = withoutLogin(url)
    const all = { ...login, ...headers }
    // The address may hold a key: it goes to that address and to no other.
    const response = await fetch(bare, { method, headers: all, ...given, redirect: 'manual', signal, dispatcher })
    const { body: text, cut: isCut } = await textOf(response.body)
    // A date is one of the receiver's own clock.
    const theirs = Date.parse(response.headers.get('date') ?? '')
    const now = Number.isNaN(theirs) ? clock.now() : new Date(theirs)
    const retryAfterSeconds = retryAfter(response.headers.get('retry-after'), text, now)
    return { status: response.status, body: text, cut: isCut, again, retryAfterSeconds }
  }

  return async (url: string | URL, init: Init = {}): Promise<Response> => {
    const host = URL.parse(String(url))?.host ?? ''
    for (let attempt = 1; ; attempt++) {
      const last = attempt === TRIES
      const wait = FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
      let answer: Came
      let started = false
      try {
        answer = await ask(String(url), init, () => {
          started = true
        })
      } catch (error) {
        const why = said(whyNot(error, host))
        if (started) throw new Unsure(`no answer came from ${host}: ${why}`)
        if (last) throw new Refused('away', `${host} cannot be reached: ${why}`)
        await clock.sleep(wait * 1000)
        continue
      }
      const { verdict, words } = judge(answers, answer)
      if (verdict === 'sent') return new Response(answer.body, { status: 200 })
      // Who says when it is to be asked again is not asked before.
      if (verdict === 'away' && !last && answer.retryAfterSeconds === undefined) {
        await clock.sleep(wait * 1000)
        continue
      }
      const own = said(answer.body)
      const text = `${words} (${answer.status}${own === '' ? '' : `: ${own}`})`
      if (verdict === 'unsure') throw new Unsure(text)
      const code = /"error"\s*:\s*"([a-z_]{1,60})"/.exec(answer.body)?.[1]
      throw new Refused(verdict, text, {
        retryAfterSeconds: answer.retryAfterSeconds,
        ...(code === undefined ? {} : { code }),
      })
    }
  }
}

/** Posts JSON; throws with the receiver's words when it does not prove that it has it. Answers what it said. */
export async function postJson(
  deps: PostDeps,
  door: Door,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const all = { 'content-type': 'application/json', 'user-agent': 'nightcrier', ...headers }
  const response = await provingFetch(deps, door)(door.address, { headers: all, body })
  return response.text()
}

/** fetch takes no user and password in an address; they go where every client puts them. */
function withoutLogin(url: string): { readonly bare: string; readonly login: Readonly<Record<string, string>> } {
  const parsed = URL.parse(url)
  if (parsed === null || (parsed.username === '' && parsed.password === '')) return { bare: url, login: {} }
  const given = [parsed.username, parsed.password].map(decodeURIComponent).join(':')
  parsed.username = ''
  parsed.password = ''
  return { bare: parsed.href, login: { authorization: `Basic ${Buffer.from(given).toString('base64')}` } }
}

/** What lies at the bottom of an error that a client library has wrapped. */
export function atBottom(error: unknown): unknown {
  let at = error
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    if (at instanceof Unsure || at instanceof Refused) return at
    const inner: unknown = 'original' in at ? at.original : at.cause
    if (!(inner instanceof Error)) break
    at = inner
  }
  return error
}

/** Always read to its end or given up in good order: a body that nobody reads breaks loose as an error of its own. */
async function textOf(body: AsyncIterable<unknown> | null): Promise<Pick<Answer, 'body' | 'cut'>> {
  const chunks: Buffer[] = []
  let length = 0
  const text = () => Buffer.concat(chunks).toString('utf8')
  try {
    for await (const chunk of body ?? []) {
      chunks.push(Buffer.from(chunk as Uint8Array))
      length += (chunk as Uint8Array).byteLength
      if (length > MAX_ANSWER_BYTES) return { body: text(), cut: true }
    }
    return { body: text(), cut: false }
  } catch {
    // The status is there and counts; what the rest would have said is not known.
    return { body: text(), cut: true }
  }
}
