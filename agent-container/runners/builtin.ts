import { APICallError, isStepCount, type ModelMessage, streamText } from 'ai'
import { systemClock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { jsonIn } from './cli.ts'
import { modelAt } from './model.ts'
import type { Ended, Run } from './runner.ts'
import { SUBMIT, toolsOf } from './tools.ts'

/** A model that talks instead of handing in is reminded so often. */
const REMINDERS = 2
/** Kept for one last answer: a fifth of the time, and at most this. */
const HAND_IN_MS = 60_000
const AT_ONCE = 6
const REMINDER = `You have not handed in. Call ${SUBMIT} now with what you know; inconclusive is a good answer.`

/** The loop of model and tools, by the AI SDK. Bounds are the broker's; those here only save asking in vain. */
export async function builtin({ broker, task, signal }: Run): Promise<Ended> {
  const tools = await toolsOf(broker)
  const model = modelAt(broker, task)
  const messages: ModelMessage[] = [{ role: 'user', content: task.prompt.user }]
  const handIn = Math.min(HAND_IN_MS, (Date.parse(task.deadline) - systemClock.now().getTime()) / 5)
  let turns = 0
  let trouble: unknown
  let prose = ''
  let last: string | undefined
  try {
    for (let reminded = 0; reminded <= REMINDERS && turns < task.turns; reminded++) {
      const left = task.turns - turns
      const result = streamText({
        model,
        instructions: task.prompt.system,
        messages,
        tools: tools.set,
        // The gateway is the patient one, and counts.
        maxRetries: 0,
        // Overload also comes in the middle of an answer: that step alone is asked again.
        streamRetries: 1,
        // A cluster is not read by more at once, whatever a model asks for.
        toolCallConcurrency: AT_ONCE,
        repairToolCall: async ({ toolCall, tools: known }) => mendedCall(toolCall, Object.keys(known)),
        onStepEnd: ({ finishReason }) => {
          last = finishReason
        },
        abortSignal: signal,
        stopWhen: [isStepCount(left), () => tools.accepted()],
        // The last turn is for handing in, whatever the model would rather do. Anthropic's newest models refuse to be
        // forced; they are left no other tool, one turn earlier, so that there is one to be reminded in.
        prepareStep: ({ stepNumber }) => {
          const gentle = task.provider === 'anthropic'
          const late = Date.parse(task.deadline) - systemClock.now().getTime() < handIn
          if (stepNumber < left - (gentle ? 2 : 1) && reminded < REMINDERS && !late && !tools.circles())
            return undefined
          return gentle ? { activeTools: [SUBMIT] } : { toolChoice: { type: 'tool', toolName: SUBMIT } }
        },
        onError: ({ error }) => {
          trouble ??= error
        },
      })
      await result.consumeStream({ onError: (error) => (trouble ??= error) })
      if (tools.accepted() || trouble !== undefined || signal.aborted) break
      turns += (await result.steps).length
      prose = await result.text
      const answered = (await result.response).messages
      messages.push(...answered)
      // Some vendors take nothing but an assistant's words behind a tool's.
      if (answered.at(-1)?.role === 'tool') messages.push({ role: 'assistant', content: 'I have read this.' })
      messages.push({ role: 'user', content: REMINDER })
    }
  } finally {
    await tools.close().catch(() => undefined)
  }
  if (tools.accepted() || (await inWords(broker, prose))) return { result: 'done', why: '' }
  if (signal.aborted) return { result: 'timeout', why: 'The time was over.' }
  if (trouble !== undefined)
    return { result: isQuota(trouble) ? 'quota' : 'failed', why: `${errorText(trouble)}${lastWords(prose)}` }
  return { result: 'failed', why: `The model did not hand in${ended(last)}.${lastWords(prose)}` }
}

const reasons: Readonly<Record<string, string>> = {
  length: ': its answer was cut off at the limit of one answer',
  'content-filter': ": its vendor's filter stopped it",
  error: ': its vendor broke off',
  other: ': its vendor ended without a reason',
}
const ended = (reason: string | undefined): string => reasons[reason ?? ''] ?? ''

/** A gateway may say in a model's voice that there is no such model any more. */
const lastWords = (prose: string): string =>
  prose.trim() === '' ? '' : ` Its last words: “${prose.trim().replace(/\s+/g, ' ').slice(0, 200)}”`

/** A model that does not call tools may have written the verdict down. */
async function inWords(broker: Run['broker'], text: string): Promise<boolean> {
  const verdict = jsonIn(text)
  if (typeof verdict !== 'object' || verdict === null || !('rootCauses' in verdict)) return false
  return (await broker.submit(verdict).catch(() => undefined))?.accepted ?? false
}

/** Some servers leave marks of their own format in names (`pods_log<|channel|>json`, `functions.pods_log`). */
function mendedCall<T extends { readonly toolName: string }>(call: T, known: readonly string[]): T | null {
  const plain = call.toolName
    .replace(/<\|.*$/s, '')
    .replace(/^(functions|tools?|default_api)[.:]/, '')
    .trim()
  return plain !== call.toolName && known.includes(plain) ? { ...call, toolName: plain } : null
}

/** The vendor's limit, or this incident's. */
const isQuota = (error: unknown): boolean =>
  APICallError.isInstance(error) && (error.statusCode === 402 || error.statusCode === 429)
