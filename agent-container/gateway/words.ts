/** The vendor's own sentence, taken out of whatever it is wrapped in. */
function sentenceOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text)
    return messageIn(parsed, 0) ?? text
  } catch {
    return /<title>([^<]{1,200})<\/title>/i.exec(text)?.[1] ?? text
  }
}
function messageIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || depth > 4) return undefined
  if (Array.isArray(value)) return messageIn(value[0], depth + 1)
  for (const key of ['message', 'error', 'detail', 'msg']) {
    const found = key in value ? messageIn(Reflect.get(value, key), depth + 1) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** Whose fault a refusal is: the vendor's (its key, its money, its machines) or only this incident's. */
export type Whose = 'vendor' | 'incident'
const ofIncident = /content|context|allowance/

const rows: readonly (readonly [RegExp, number | undefined, string])[] = [
  [
    /incorrect api key|invalid.{0,12}api.?key|api key not valid|authentication/i,
    undefined,
    'the vendor refuses the key: check AGENT_MODEL_KEY',
  ],
  [
    /content.{0,20}(violates|filter|management)|safety_check|responsible ?ai/i,
    undefined,
    "the vendor refused this incident's content",
  ],
  [
    /organization must be verified/i,
    undefined,
    "the vendor streams this model to verified organisations only: verify it in the vendor's settings",
  ],
  [
    /enable-auto-tool-choice|tool-call-parser/i,
    undefined,
    'the server was started without tool calling: start it with --enable-auto-tool-choice and --tool-call-parser',
  ],
  [/insufficient_quota|billing|credit balance/i, undefined, "the account's money or quota is used up"],
  [/request too large|requested \d+/i, undefined, "the request is larger than the account's allowance for one minute"],
  [
    /context length|context window|too many tokens|prompt is too long/i,
    undefined,
    "the conversation is longer than the model's context",
  ],
  [/answered a page/i, undefined, 'a page came in place of an answer: a login or a proxy stands before the model'],
  [/redirects to/i, undefined, 'check AGENT_MODEL_BASE_URL'],
  [/./s, 401, 'the vendor refuses the key: check AGENT_MODEL_KEY'],
  [/./s, 403, 'the vendor does not allow this request to this key'],
  [/./s, 404, 'the vendor does not know this model at this address: check AGENT_MODEL and AGENT_MODEL_BASE_URL'],
  [/./s, 429, 'the vendor limits the pace'],
  [/./s, 504, 'something between us and the model closed the connection before it answered'],
]

/** One sentence: what the vendor refused, what to do, and what it said itself. */
export function refusalWords(
  status: number,
  text: string,
  model: string,
): { readonly words: string; readonly whose: Whose } {
  const meaning = rows.find(([pattern, only]) => (only === undefined || only === status) && pattern.test(text))?.[2]
  const said = sentenceOf(text).replace(/\borg-\w+|\bteam: \S+|\bapi key id: \S+/gi, '‹id›')
  const whose =
    meaning !== undefined && ofIncident.test(meaning) && !/allow this request/.test(meaning) ? 'incident' : 'vendor'
  return {
    words: `The model ${model} could not be used${meaning === undefined ? '' : `: ${meaning}`}. Its vendor answered ${status}: ${said.slice(0, 300)}`,
    whose: whose === 'vendor' && status === 400 && meaning === undefined ? 'incident' : whose,
  }
}
