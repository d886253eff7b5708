import { z } from 'zod'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { own } from '../runtime/own.ts'

export type ClientOptions = { readonly url: string; readonly key: string; readonly fetch?: typeof fetch }

/** A page of incidents is a megabyte at most; an exported incident some. */
const TIMEOUT_MS = 30_000
const MAX_BYTES = 64 * 1024 * 1024

/** The app's HTTP API. Whatever goes wrong is one sentence that says what to do next. */
export function client({ url, key, fetch: ask = fetch }: ClientOptions) {
  const base = url.replace(/\/+$/, '').replace(/\/api$/, '')
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol))
    throw new GiveUp(
      `"${url.slice(0, 200)}" is no address. Give one such as https://my-app.azurewebsites.net with --url.`,
    )

  async function request(
    path: string,
    accept = 'application/json',
    body?: unknown,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<Response> {
    let response: Response
    const posted =
      body === undefined
        ? { method, headers: {} }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    try {
      response = await ask(`${base}/api/${path}`, {
        ...posted,
        headers: {
          accept,
          'user-agent': 'nightcrier',
          ...posted.headers,
          // Never in the address: addresses are logged on their way.
          ...(key === '' ? {} : { 'x-functions-key': key }),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (error) {
      throw new GiveUp(unreachable(base, error), { cause: error })
    }
    if (response.ok || response.status === 302) return response
    const { status } = response
    const passing = status === 429 || status >= 500 ? { cause: new Error(`${status}`) } : {}
    throw new GiveUp(refusal(base, status, (await response.text()).slice(0, 2_000)), passing)
  }

  async function read<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
    const parsed = schema.safeParse(fromJson(await response.text()))
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    throw new GiveUp(
      `${base} answers, but not as nightcrier does (${issue?.path.join('.') || 'the whole'}: ${issue?.message}). Is it the address of the function app, and of this version?`,
    )
  }

  return {
    base,
    get: async <T>(path: string, schema: z.ZodType<T>): Promise<T> => read(await request(path), schema),
    post: async <T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> =>
      read(await request(path, undefined, body), schema),
    remove: async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
      read(await request(path, undefined, undefined, 'DELETE'), schema),
    /** Where a redirect leads; '' when it is none. */
    location: async (path: string): Promise<string> => (await request(path, 'text/html')).headers.get('location') ?? '',
    bytes: async (path: string): Promise<Uint8Array> => {
      const response = await request(path, 'application/zip')
      const bytes = new Uint8Array(await response.arrayBuffer())
      if (bytes.length > MAX_BYTES) throw new GiveUp(`${base} sends more than 64 MiB: that is no incident.`)
      return bytes
    },
  }
}
export type Client = ReturnType<typeof client>

/** What passes by itself, and is worth waiting for when somebody watches for hours: such errors have a cause. */
export const isAway = (error: unknown): boolean => error instanceof GiveUp && error.cause !== undefined

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be resolved now',
}
function unreachable(base: string, error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const timedOut = error instanceof Error && error.name === 'TimeoutError'
  const why = timedOut
    ? `does not answer within ${TIMEOUT_MS / 1000} s`
    : `cannot be reached: ${own(reasons, code) ?? errorText(error)}`
  return `${base} ${why}. Start it with npm start, or name your app with nightcrier login, --url or NIGHTCRIER_URL.`
}

function refusal(base: string, status: number, text: string): string {
  if (status === 401 || status === 403)
    return `${base} does not accept the key (${status}). Keep the function key with nightcrier login, or give NIGHTCRIER_KEY; npm start prints it, in Azure: az functionapp keys list.`
  const said = z.looseObject({ error: z.string() }).safeParse(fromJson(text))
  if (said.success) return `${said.data.error}.`.replace(/\.\.$/, '.')
  if (status === 404) return `${base} answers, but has no such page (404). Is it the address of the function app?`
  return `${base} answers ${status}. The log of its functions says why.`
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
