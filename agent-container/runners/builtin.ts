import { APICallError, isStepCount, type ModelMessage, streamText } from 'ai'
import { errorText } from '../../shared/runtime/errors.ts'
import { modelAt } from './model.ts'
import type { Ended, Run } from './runner.ts'
import { SUBMIT, toolsOf } from './tools.ts'

/** A model that talks instead of handing in is reminded so often. */
const REMINDERS = 2
const REMINDER = `You have not handed in. Call ${SUBMIT} now with what you know; inconclusive is a good answer.`

/** The loop of model and tools, by the AI SDK. Bounds are the broker's; those here only save asking in vain. */
export async function builtin({ broker, task, signal }: Run): Promise<Ended> {
  const tools = await toolsOf(broker)
  const model = modelAt(broker, task)
  const messages: ModelMessage[] = [{ role: 'user', content: task.prompt.user }]
  let turns = 0
  let trouble: unknown
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
        abortSignal: signal,
        stopWhen: [isStepCount(left), () => tools.accepted()],
        // The last turn is for handing in, whatever the model would rather do. Anthropic's newest models refuse to be
        // forced; they are left no other tool, one turn earlier, so that there is one to be reminded in.
        prepareStep: ({ stepNumber }) => {
          const gentle = task.provider === 'anthropic'
          if (stepNumber < left - (gentle ? 2 : 1) && reminded < REMINDERS) return undefined
          return gentle ? { activeTools: [SUBMIT] } : { toolChoice: { type: 'tool', toolName: SUBMIT } }
        },
        onError: ({ error }) => {
          trouble ??= error
        },
      })
      await result.consumeStream({ onError: (error) => (trouble ??= error) })
      if (tools.accepted() || trouble !== undefined || signal.aborted) break
      turns += (await result.steps).length
      messages.push(...(await result.response).messages, { role: 'user', content: REMINDER })
    }
  } finally {
    await tools.close().catch(() => undefined)
  }
  if (tools.accepted()) return { result: 'done', why: '' }
  if (signal.aborted) return { result: 'timeout', why: 'The time was over.' }
  if (trouble !== undefined) return { result: isQuota(trouble) ? 'quota' : 'failed', why: errorText(trouble) }
  return { result: 'failed', why: 'The model did not hand in.' }
}

/** The vendor's limit, or this incident's. */
const isQuota = (error: unknown): boolean =>
  APICallError.isInstance(error) && (error.statusCode === 402 || error.statusCode === 429)
