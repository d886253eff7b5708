/** The server's own words are shown cut: they are for a person who looks for the cause, and come from outside. */
const MAX_QUOTED = 160

export type Refusal = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The beginning of the body. */
  readonly text: string
  readonly hasSession: boolean
  readonly hasKey: boolean
  readonly isStream: boolean
  /** What was asked, for people: `tools/call events_subscribe`. */
  readonly what: string
}

/** One sentence on what is wrong and what to do; `undefined` when the answer is one an MCP server gives. */
export function answerProblem(endpoint: string, answer: Refusal): string | undefined {
  const { status, headers, text, hasSession, isStream, what } = answer
  const quoted = quote(text)
  const wall = firewall(headers, text)
  if (status >= 400 && wall !== '')
    return `a firewall in between answers ${what} for ${endpoint} (${status}, ${wall}${quoted}): let this app through`
  if (status >= 300 && status < 400) return redirected(endpoint, headers)
  if (status === 401 || status === 403 || status === 421) return refused(endpoint, answer, quoted)
  if (status === 404 && isStream)
    return `${endpoint} has no stream for this session (404${quoted}): other replicas need session affinity`
  if (status === 404 && hasSession)
    return `${endpoint} no longer knows the session (404${quoted}): it was restarted, the session has run out, or another replica answers (then the way there needs session affinity)`
  if (status === 404)
    return `${endpoint} has no MCP server (404): check the path of mcp.endpoint, it often ends in /mcp`
  if (status === 405 && isStream) return `${endpoint} offers no stream (405)`
  if (status === 405)
    return `${endpoint} does not take this kind of request (405): check the path of mcp.endpoint; a server that speaks only the old HTTP+SSE transport (2024-11-05) cannot be watched`
  if (status === 429) return `${endpoint} asks to slow down (429 to ${what}${quoted})`
  if (status >= 500) return `${endpoint} fails (${status}${quoted}), asked for ${what}`
  if (status >= 400) return `${endpoint} refuses ${what} (${status}${quoted})`
  const type = typeOf(headers)
  if (type === 'text/html' && !/^\s*[{[]/.test(text))
    return `${endpoint} answers ${what} with a web page (${status}${quoted}), not with MCP: check mcp.endpoint, or what stands in front of it`
  return undefined
}

/** In small letters, without what follows it. */
export const typeOf = (headers: Refusal['headers']): string =>
  (String(headers['content-type'] ?? '').split(';')[0] ?? '').trim().toLowerCase()

function refused(endpoint: string, { status, headers, text, hasSession, hasKey, what }: Refusal, quoted: string) {
  const challenge = String(headers['www-authenticate'] ?? '')
  const scope = /scope="([^"]{1,100})"/.exec(challenge)?.[1] ?? /"required_scope"\s*:\s*"([^"]{1,100})"/.exec(text)?.[1]
  if (/insufficient_scope/.test(`${challenge} ${text}`))
    return `${endpoint} does not allow ${what} to this credential (${status}): it needs the scope ${scope ?? 'that the server asks for'}`
  if (status === 421 || /\bhost\b/i.test(text))
    return `${endpoint} does not serve this host name (${status}${quoted}): let the server accept it, or put a name it knows into mcp.endpoint`
  if (!hasKey)
    return `${endpoint} asks for a credential (${status}${quoted}), and none is configured: set mcp.api_key of this cluster`
  if (status === 401 && hasSession)
    return `${endpoint} no longer accepts the session or its credential (401${quoted}), asked for ${what}`
  if (status === 403 && hasSession) return `${endpoint} forbids ${what} (403${quoted})`
  return `${endpoint} refuses the credential (${status}${quoted}): check mcp.api_key of this cluster`
}

function redirected(endpoint: string, headers: Refusal['headers']): string {
  const target = targetOf(headers, endpoint)
  const shown = target === undefined ? 'nowhere' : `${target.origin}${target.pathname}`
  const signIn = target !== undefined && /login|signin|sign-in|authorize|oauth|sso|saml/i.test(shown)
  return signIn
    ? `${endpoint} redirects to ${shown}: a sign-in page answers instead of the server. Let this app past it, or put the final address into mcp.endpoint`
    : `${endpoint} redirects to ${shown}: put the final address into mcp.endpoint`
}

/** Without user, query and fragment it may be shown: those may hold secrets. */
export function targetOf(headers: Refusal['headers'], base: string): URL | undefined {
  const location = headers.location
  return location === undefined ? undefined : (URL.parse(String(location), base) ?? undefined)
}

function firewall(headers: Refusal['headers'], text: string): string {
  if (headers['cf-mitigated'] !== undefined || /<title>Just a moment/i.test(text)) return 'Cloudflare challenge'
  if (/Request Rejected|support ID is/i.test(text)) return 'web application firewall'
  if (/Incapsula incident|_Incapsula_/i.test(text)) return 'Imperva'
  if (String(headers.server ?? '').startsWith('AkamaiGHost')) return 'Akamai'
  return ''
}

export function quote(text: string): string {
  const line = text
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>|\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line === '' ? '' : `: ${line.length <= MAX_QUOTED ? line : `${line.slice(0, MAX_QUOTED - 1)}…`}`
}
