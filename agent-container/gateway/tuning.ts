import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Quirks } from './quirks.ts'
import type { Body } from './vendors.ts'

type Model = NonNullable<AgentJob['model']>

/** Gemini 2.5 takes tokens in place of words; a verdict has never needed more than the last. */
const budgets = { low: 1_024, medium: 8_192, high: 16_384 } as const
const MARK = { cache_control: { type: 'ephemeral' } }

/**
 * The request with what the operator set: how long the model may think, and marks on what comes again in each turn.
 * What a vendor has refused once is left out; a program that sets either by itself keeps its own.
 */
export function tuned(body: Body, model: Model, path: string, quirks: Quirks): Body {
  const thinking = model.effort === undefined || quirks.ownEffort ? body : withEffort(body, model, model.effort, path)
  return model.provider === 'anthropic' && model.caching === true && !quirks.unmarked ? withMarks(thinking) : thinking
}

function withEffort(body: Body, { provider, model }: Model, effort: keyof typeof budgets, path: string): Body {
  switch (provider) {
    case 'anthropic':
      return { ...body, output_config: { effort, ...objectOf(body.output_config) } }
    case 'google': {
      const config = objectOf(body.generationConfig)
      const said = /gemini-[12]\b/.test(model) ? { thinkingBudget: budgets[effort] } : { thinkingLevel: effort }
      return {
        ...body,
        generationConfig: { ...config, thinkingConfig: { ...said, ...objectOf(config.thinkingConfig) } },
      }
    }
    case 'azure':
    case 'openai-compatible':
      return path.endsWith('responses')
        ? { ...body, reasoning: { effort, ...objectOf(body.reasoning) } }
        : { reasoning_effort: effort, ...body }
    default:
      return provider satisfies never
  }
}

/** The whole beginning, and all up to the last message: the next turn begins with both. */
function withMarks(body: Body): Body {
  if (JSON.stringify(body).includes('"cache_control"')) return body
  const system = typeof body.system === 'string' ? [{ type: 'text', text: body.system }] : body.system
  const messages = Array.isArray(body.messages) ? body.messages : []
  const last = objectOf(messages.at(-1))
  const content = typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : last.content
  return {
    ...body,
    ...(Array.isArray(system) && system.length > 0 ? { system: lastMarked(system) } : {}),
    ...(Array.isArray(content) && content.length > 0
      ? { messages: [...messages.slice(0, -1), { ...last, content: lastMarked(content) }] }
      : {}),
  }
}

/** What a model thought takes no mark. */
const lastMarked = (blocks: readonly unknown[]): readonly unknown[] => {
  const block = objectOf(blocks.at(-1))
  return /thinking/.test(String(block.type)) ? blocks : [...blocks.slice(0, -1), { ...block, ...MARK }]
}

/** How vendors call it when they refuse it; models that reason are spoken of in other refusals, too. */
const ofEffort = /effort|thinking[_ ]?(level|budget|config)|output_config|\breasoning[._]|['"`]reasoning['"`]/i

/** The request without what a refusal speaks of, when it is ours; what was learnt is kept in `quirks`. */
export function untuned(
  status: number,
  text: string,
  body: Body,
  { effort }: Pick<Model, 'effort'>,
  quirks: Quirks,
): Body | undefined {
  if (status !== 400 && status !== 404 && status !== 422) return undefined
  if (effort !== undefined && ofEffort.test(text)) {
    const plain = withoutEffort(body)
    if (JSON.stringify(plain).length < JSON.stringify(body).length) {
      quirks.ownEffort = true
      return plain
    }
  }
  if (!/cache_control/.test(text) || !JSON.stringify(body).includes('"cache_control"')) return undefined
  quirks.unmarked = true
  const plain: unknown = JSON.parse(JSON.stringify(body, (key, value) => (key === 'cache_control' ? undefined : value)))
  return objectOf(plain)
}

/** Only that: the form of an answer, or that thoughts are shown, is of the program that asks. */
function withoutEffort({ reasoning_effort: _, output_config, reasoning, generationConfig, ...rest }: Body): Body {
  const config = objectOf(generationConfig)
  const thinkingConfig = without(config.thinkingConfig, 'thinkingLevel', 'thinkingBudget')
  return {
    ...rest,
    ...part('output_config', without(output_config, 'effort')),
    ...part('reasoning', without(reasoning, 'effort')),
    ...part('generationConfig', { ...without(config, 'thinkingConfig'), ...part('thinkingConfig', thinkingConfig) }),
  }
}
const without = (value: unknown, ...names: readonly string[]): Body =>
  Object.fromEntries(Object.entries(objectOf(value)).filter(([name]) => !names.includes(name)))
const part = (name: string, value: Body): Body => (Object.keys(value).length === 0 ? {} : { [name]: value })

const objectOf = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
