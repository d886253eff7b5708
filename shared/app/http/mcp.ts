import { createRedactor } from '../../kubernetes/redact.ts'
import { createStatelessHandler } from '../../mcp-server/server/stateless.ts'
import { clustersFileSource } from '../../mcp-server/sources/clusters-file-source.ts'
import { type SourcedTargets, sourcedTargets } from '../../mcp-server/sources/sourced-targets.ts'
import { randomId } from '../../runtime/ids.ts'
import type { Log } from '../../runtime/log.ts'
import type { Platform } from '../platform.ts'
import { incidentAsk } from './incident-ask.ts'
import type { AskPlatform } from './investigate.ts'

/** What the Functions library's HttpRequest has of a web request. */
export type IncomingRequest = {
  readonly method: string
  readonly url: string
  readonly headers: { readonly entries: () => Iterable<[string, string]> }
  readonly text: () => Promise<string>
}

type McpPlatform = Pick<Platform, 'secret' | 'clock' | 'cursorKey'> & {
  readonly clusters: Pick<Platform['clusters'], 'current'>
}

/** Connections are worth keeping between the requests of one instance; what they lead to is looked at with each call. */
const kept = new WeakMap<McpPlatform, SourcedTargets>()
function targetsOf(platform: McpPlatform): SourcedTargets {
  const { clusters, secret, clock } = platform
  const targets = kept.get(platform) ?? sourcedTargets([clustersFileSource({ clusters, secret, clock })], { clock })
  kept.set(platform, targets)
  return targets
}

/** A request may ask about several clusters; its pseudonyms must agree with each other, not with the next request's. */
export async function kubernetesMcp(
  platform: McpPlatform,
  log: Log,
  incoming: IncomingRequest,
  /** With it a caller may ask for an investigation, too. */
  asking?: AskPlatform,
) {
  const targets = targetsOf(platform)
  const cursorKey = await platform.cursorKey()
  const tools = asking === undefined ? [] : [incidentAsk(asking)]
  const own = { additions: { tools, capabilities: {}, register: () => {} } }
  const handle = createStatelessHandler({
    targets,
    redact: createRedactor({ key: randomId() }),
    log,
    cursorKey,
    ...own,
  })
  const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD'
  const text = hasBody ? await incoming.text() : undefined
  const headers = [...incoming.headers.entries()]
  // The host hands over nothing of a body whose length it is not told: that is not the caller's empty message.
  if (text === '' && headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')) return lengthRequired
  const response = await handle(
    new Request(incoming.url, { method: incoming.method, headers, ...(text === undefined ? {} : { body: text }) }),
  )
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.entries()),
    body: await response.text(),
  }
}

const lengthRequired = {
  status: 411,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: null,
    error: { code: -32600, message: 'Send the body with a Content-Length: a chunked one does not arrive here.' },
  }),
}
