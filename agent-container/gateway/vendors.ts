import type { AgentJob } from '../../shared/artifacts/job.ts'

type Model = NonNullable<AgentJob['model']>
/** One way in which programs speak to models: where its requests go, and how the real key is shown there. */
export type Vendor = {
  /** The upstream address of a path below `/model/<name>/`; undefined: it is not one that a model is asked at. */
  readonly upstream: (path: string, model: Model) => string | undefined
  readonly headers: (key: string) => Readonly<Record<string, string>>
  /** Where a request says how long the answer may be. */
  readonly maxOutput: (body: Body) => number | undefined
  /** The request as it may be sent: our model, our bounds, only tools that the agent itself carries out. */
  readonly shape: (
    body: Body,
    model: string,
    maxOutput: number,
    path: string,
    limitField: 'max_tokens' | 'max_completion_tokens',
  ) => Body
}
export type Body = Readonly<Record<string, unknown>>

/** Fields with which a vendor would fetch, run or remember something by itself. */
const REACHES_OUT = new Set([
  'mcp_servers',
  'container',
  'context_management',
  'background',
  'conversation',
  'store',
  'web_search_options',
  'cachedContent',
])
const own = (body: Body): Body => Object.fromEntries(Object.entries(body).filter(([key]) => !REACHES_OUT.has(key)))
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value)
const number = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined)

/** Tools that the vendor's own machines carry out (search, code, computers) are left out: nothing leaves for the web. */
const withTools = (body: Body, fits: (tool: Body) => boolean): Body =>
  body.tools === undefined
    ? body
    : { ...body, tools: listOf(body.tools).filter((tool) => isObject(tool) && fits(tool)) }

const base = (model: Model, fallback: string): string => (model.baseUrl ?? fallback).replace(/\/+$/, '')

const anthropic: Vendor = {
  upstream: (path, model) =>
    /^v1\/messages$/.test(path)
      ? `${base(model, 'https://api.anthropic.com/v1').replace(/\/v1$/, '')}/v1/messages`
      : undefined,
  headers: (key) => ({ 'x-api-key': key }),
  maxOutput: (body) => number(body.max_tokens),
  shape: (body, model, maxOutput) => {
    const shaped = withTools(own(body), ({ type }) => type === undefined || type === 'custom')
    const thinking = isObject(shaped.thinking) && (number(shaped.thinking.budget_tokens) ?? 0) >= maxOutput
    const { thinking: _, ...rest } = shaped
    return { ...(thinking ? rest : shaped), model, max_tokens: maxOutput }
  },
}

const isFunction = (tool: unknown): boolean =>
  isObject(tool) &&
  (tool.type === undefined ||
    tool.type === 'function' ||
    // Functions of one server under one name: the caller carries them out as well.
    (tool.type === 'namespace' && listOf(tool.tools).every(isFunction)))
const openaiPath = /^v1\/(chat\/completions|responses)$/
const openai = (address: (path: string, model: Model) => string, headers: Vendor['headers']): Vendor => ({
  upstream: (path, model) => (openaiPath.test(path) ? address(path.slice(3), model) : undefined),
  headers,
  maxOutput: (body) => number(body.max_completion_tokens) ?? number(body.max_tokens) ?? number(body.max_output_tokens),
  shape: (body, model, maxOutput, path, limitField) => {
    const {
      max_tokens: _1,
      max_completion_tokens: _2,
      max_output_tokens: _3,
      previous_response_id: _,
      ...rest
    } = withTools(own(body), isFunction)
    if (path.endsWith('responses')) return { ...rest, model, store: false, max_output_tokens: maxOutput }
    const counted = rest.stream === true ? { stream_options: { include_usage: true } } : {}
    return { ...rest, model, [limitField]: maxOutput, ...counted }
  },
})

const google: Vendor = {
  upstream: (path, model) => {
    const verb = /^v1beta\/models\/[\w.-]+:(generateContent|streamGenerateContent)$/.exec(path)?.[1]
    if (verb === undefined) return undefined
    const root = base(model, 'https://generativelanguage.googleapis.com/v1beta').replace(/\/v1beta$/, '')
    return `${root}/v1beta/models/${encodeURIComponent(model.model)}:${verb}${verb.startsWith('stream') ? '?alt=sse' : ''}`
  },
  headers: (key) => ({ 'x-goog-api-key': key }),
  maxOutput: ({ generationConfig }) =>
    isObject(generationConfig) ? number(generationConfig.maxOutputTokens) : undefined,
  shape: (body, _model, maxOutput) => {
    const shaped = withTools(own(body), (tool) => Object.keys(tool).every((key) => key === 'functionDeclarations'))
    const config = isObject(shaped.generationConfig) ? shaped.generationConfig : {}
    return { ...shaped, generationConfig: { ...config, maxOutputTokens: maxOutput } }
  },
}

const vendors: Readonly<Record<Model['provider'], Vendor>> = {
  anthropic,
  google,
  'openai-compatible': openai(
    (path, model) => `${base(model, 'https://api.openai.com/v1')}/${path}`,
    (key) => ({ authorization: `Bearer ${key}` }),
  ),
  // A resource's address, with or without what stands behind it in Azure's own documents.
  azure: openai(
    (path, model) =>
      `${base(model, 'https://resource.openai.azure.com').replace(/\/openai(\/.*)?$/, '')}/openai/v1/${path}`,
    (key) => ({ 'api-key': key }),
  ),
}

/** The rooms under `/model/`: an agent speaks the shape of the vendor that is configured, and no other. */
export const vendorOf = (model: Model, room: string): Vendor | undefined => {
  const named = model.provider === 'anthropic' || model.provider === 'google' ? model.provider : 'openai'
  return room === named ? vendors[model.provider] : undefined
}

/** Parts of a request that a vendor would fetch from an address: what an agent knows could leave that way. */
export function fetchesFrom(value: unknown, depth = 0): boolean {
  if (depth > 40 || typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((item) => fetchesFrom(item, depth + 1))
  return Object.entries(value).some(([key, item]) => {
    // A tool's schema and a tool's arguments may be called anything; they are not fetched.
    if (key === 'input_schema' || key === 'parameters' || key === 'parametersJsonSchema' || key === 'args') return false
    if (key === 'input' && !Array.isArray(item)) return false
    if (['image_url', 'file_url', 'fileUri', 'file_uri', 'video_url'].includes(key)) return true
    if (key === 'source' && isObject(item) && item.type === 'url') return true
    return fetchesFrom(item, depth + 1)
  })
}
