/** The server's own words are shown cut: they are for a person who looks for the cause, and come from outside. */
const MAX_QUOTED = 160

export type Refusal = {
  readonly status: number
  readonly contentType: string
  readonly location: string | undefined
  /** The beginning of the body. */
  readonly text: string
  readonly hasSession: boolean
}

/** One sentence on what is wrong and what to do; `undefined` when the answer is one an MCP server gives. */
export function answerProblem(endpoint: string, answer: Refusal): string | undefined {
  const { status, contentType, location, text, hasSession } = answer
  const quoted = quote(text)
  if (status >= 300 && status < 400)
    return `${endpoint} redirects to ${address(location, endpoint)}: put the final address into mcp.endpoint`
  if (status === 401 || status === 403)
    return `${endpoint} refuses the credential (${status}${quoted}): check mcp.api_key of this cluster`
  if (status === 404 && hasSession) return `${endpoint} no longer knows the session (404): the server was restarted`
  if (status === 404)
    return `${endpoint} has no MCP server (404): check the path of mcp.endpoint, it often ends in /mcp`
  if (status === 405) return `${endpoint} does not take this kind of request (405): check the path of mcp.endpoint`
  if (status === 429) return `${endpoint} asks to slow down (429${quoted})`
  if (status >= 500) return `${endpoint} fails (${status}${quoted})`
  if (status >= 400) return `${endpoint} refuses the request (${status}${quoted})`
  if (contentType.startsWith('text/html'))
    return `${endpoint} answers with a web page (${status}), not with MCP: check mcp.endpoint`
  return undefined
}

/** Without user, query and fragment, which may hold secrets. */
function address(location: string | undefined, endpoint: string): string {
  const url = location === undefined ? undefined : URL.parse(location, endpoint)
  return url ? `${url.origin}${url.pathname}` : 'nowhere'
}

function quote(text: string): string {
  const line = text
    .replace(/<[^>]*>|\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line === '' ? '' : `: ${line.length <= MAX_QUOTED ? line : `${line.slice(0, MAX_QUOTED - 1)}…`}`
}
