import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { McpError, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { errorText } from '../runtime/errors.ts'
import { version } from '../runtime/version.ts'
import { openTransport, type StreamOpened, type TransportOptions } from './transport.ts'
import { WireError } from './wire/wire-error.ts'

/** What a supervisor needs of one MCP server. Every call has its deadline; what fails says why in one sentence. */
export type Session = {
  readonly openStream: () => Promise<StreamOpened>
  /** Lets go of the stream, whatever it brings. */
  readonly closeStream?: () => void
  readonly setLevel: () => Promise<void>
  readonly tools: () => Promise<readonly ToolInfo[]>
  readonly call: (name: string, args: Readonly<Record<string, unknown>>) => Promise<ToolAnswer>
  /** Any answer is one: also that there is no such method. */
  readonly ping: () => Promise<void>
  readonly close: () => Promise<void>
}
export type ToolInfo = { readonly name: string; readonly arguments: readonly string[] }
export type ToolAnswer = { readonly isError: boolean; readonly text: string; readonly structured: unknown }
export type OpenSession = (options: TransportOptions) => Promise<Session>

/** The server answered a call, and said no. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: number
  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}

/** Servers have some dozens of tools; gateways have some thousands. More pages than this are a loop. */
const MAX_TOOL_PAGES = 100
const Tool = z.looseObject({
  name: z.string(),
  inputSchema: z.looseObject({ properties: z.record(z.string(), z.unknown()).nullish() }).nullish(),
})
const Tools = z.looseObject({ tools: z.array(z.unknown()).nullish(), nextCursor: z.string().nullish() })
const Answer = z.looseObject({
  isError: z.boolean().nullish(),
  content: z.array(z.looseObject({ text: z.string().nullish() })).nullish(),
  structuredContent: z.unknown().optional(),
})
const Anything = z.looseObject({})

/** Answers are checked by our own schemas; a checker of JSON schemas for each client would cost 24 KB each. */
const noValidator = {
  getValidator: () => () => ({ valid: false as const, data: undefined, errorMessage: 'not checked here' }),
}

/** The SDK's client on our transport: it negotiates the version, pairs answers with calls, answers the server's pings. */
export const openSession: OpenSession = async (options) => {
  try {
    return await sessionOn(options)
  } catch (error) {
    // A server that does not negotiate says in its refusal what it would have liked.
    const version = offeredVersion(errorText(error))
    if (version === undefined || options.signal.aborted) throw error
    return sessionOn({ ...options, version })
  }
}

const sessionOn: OpenSession = async (options) => {
  const transport = openTransport(options)
  const { host } = new URL(options.endpoint)
  const client = new Client({ name: 'nightcrier', version }, { jsonSchemaValidator: noValidator })
  // The transport has the deadline, since only it can cut the connection; this one is the net below it.
  const net = { timeout: options.callTimeoutMs + 1_000 }
  const asked = async <T>(what: string, call: Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (error) {
      throw inWords(host, what, error)
    }
  }
  const read = <S extends z.ZodType>(what: string, schema: S, value: unknown): z.infer<S> => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    throw new Refused(`${host} answers ${what} with something that is not of MCP (${problem(parsed.error)})`, 0)
  }

  try {
    await asked('initialize', client.connect(transport, net))
  } catch (error) {
    await transport.close()
    throw error
  }

  return {
    openStream: () => transport.openStream(),
    closeStream: () => transport.closeStream(),
    setLevel: async () => {
      const level = { method: 'logging/setLevel', params: { level: 'info' } } as const
      await asked('logging/setLevel', client.request(level, Anything, net))
    },
    tools: async () => {
      const found: ToolInfo[] = []
      const seen = new Set<string>()
      let cursor: string | undefined
      for (let page = 0; page < MAX_TOOL_PAGES; page++) {
        const params = cursor === undefined ? {} : { cursor }
        const call = client.request({ method: 'tools/list', params }, Anything, net)
        const answer = read('tools/list', Tools, await asked('tools/list', call))
        for (const one of answer.tools ?? []) {
          const tool = Tool.safeParse(one)
          if (!tool.success) continue
          found.push({ name: tool.data.name, arguments: Object.keys(tool.data.inputSchema?.properties ?? {}) })
        }
        cursor = answer.nextCursor ?? undefined
        if (cursor === undefined || cursor === '' || seen.has(cursor)) break
        seen.add(cursor)
      }
      return found
    },
    call: async (name, args) => {
      const what = `tools/call ${name}`
      const params = { name, arguments: { ...args } }
      const call = client.request({ method: 'tools/call', params }, Anything, net)
      const answer = read(what, Answer, await asked(what, call))
      const text = (answer.content ?? []).flatMap((part) => part.text ?? []).join('\n')
      return { isError: answer.isError === true, text, structured: answer.structuredContent ?? undefined }
    },
    ping: async () => {
      try {
        await client.request({ method: 'ping' }, Anything, net)
      } catch (error) {
        if (isAnswer(error)) return
        throw inWords(host, 'ping', error)
      }
    },
    close: () => client.close(),
  }
}

/** The server has spoken; unless it says that it does not know us, it and our session are alive. */
function isAnswer(error: unknown): boolean {
  if (error instanceof WireError) {
    if (error.rpc !== undefined) return !isSessionLost(error.rpc.code, error.rpc.message)
    return (
      error.status === 429 || (error.status === 0 && /ended its answer to ping without one \(20\d/.test(error.message))
    )
  }
  // The SDK makes errors of its own when nothing came; servers use the same numbers for other things.
  const isOurs = /: (Connection closed|Request timed out)$/.test(errorText(error))
  return error instanceof McpError && !isOurs && !isSessionLost(error.code, error.message)
}

/** Servers that answer with no HTTP error when the session has run out. */
const isSessionLost = (code: number, message: string): boolean =>
  code !== -32_601 &&
  /not initiali[sz]ed|(session|connection) .*(not found|unknown|invalid|expired|closed)|(no|unknown|invalid|expired|missing) session/i.test(
    message,
  )

function inWords(host: string, what: string, error: unknown): Error {
  if (error instanceof WireError) return error
  if (error instanceof z.core.$ZodError || errorText(error).startsWith('['))
    return new Refused(`${host} answers ${what} with something that is not of MCP`, 0)
  if (error instanceof McpError) {
    const said = error.message.replace(/^MCP error -?\d+: /, '')
    const data = error.data === undefined ? '' : ` ${JSON.stringify(error.data)}`.slice(0, 200)
    return new Refused(`${host} refuses ${what}: ${said.slice(0, 300)}${data} (${error.code})`, error.code)
  }
  const version = /protocol version is not supported: (.+)$/.exec(errorText(error))?.[1]
  if (version !== undefined)
    return new Error(
      `${host} speaks version ${version.slice(0, 40)} of MCP; known here are ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')}`,
    )
  return new Error(errorText(error))
}

/** The newest version that both name; the newest of ours where only the header is missing. */
function offeredVersion(text: string): string | undefined {
  if (!/version/i.test(text) || !/\brefuses? initialize\b/.test(text)) return undefined
  const named = [...text.matchAll(/\d{4}-\d{2}-\d{2}/g)].map(([date]) => date)
  const known = SUPPORTED_PROTOCOL_VERSIONS.filter((one) => named.includes(one))
  if (/mcp-protocol-version/i.test(text) && known.length === 0) return SUPPORTED_PROTOCOL_VERSIONS[0]
  const [latest = ''] = SUPPORTED_PROTOCOL_VERSIONS
  return known
    .filter((one) => one !== latest)
    .sort()
    .at(-1)
}

function problem(error: z.ZodError): string {
  const [first] = error.issues
  return first === undefined ? 'it has another form' : `${first.path.join('.') || 'the whole'}: ${first.message}`
}
