import { z } from 'zod'
import type { AgentEnd } from '../broker/agent-end.ts'

/** What the broker says of the incident; all that an agent knows. */
const Task = z.object({
  prompt: z.object({ system: z.string(), user: z.string() }),
  runner: z.enum(['builtin', 'claude', 'codex', 'gemini', 'goose']),
  provider: z.enum(['anthropic', 'azure', 'openai-compatible', 'google']),
  model: z.string(),
  turns: z.number(),
  deadline: z.string(),
  /** A verdict was handed in and taken. */
  accepted: z.boolean(),
})
export type Task = z.infer<typeof Task>
const Answer = z.object({ accepted: z.boolean(), answer: z.string() })

export type Broker = {
  readonly url: string
  readonly token: string
  /** Waits until the rules are through; undefined when there is nothing to do any more. */
  readonly task: (signal: AbortSignal) => Promise<Task | undefined>
  readonly submit: (verdict: unknown) => Promise<z.infer<typeof Answer>>
  readonly accepted: () => Promise<boolean>
  readonly alive: () => Promise<void>
  readonly end: (how: z.input<typeof AgentEnd>) => Promise<void>
}

/** The rules need seconds, a crowded machine several times that. */
const WAIT_MS = 120_000
const ASK_AGAIN_MS = 150
const REQUEST_MS = 10_000

export function brokerAt(url: string, token: string): Broker {
  const ask = (path: string, body?: unknown) =>
    fetch(`${url}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_MS),
    })
  return {
    url,
    token,
    async task(signal) {
      const tries = Math.ceil(WAIT_MS / ASK_AGAIN_MS)
      for (let tried = 0; tried < tries && !signal.aborted; tried++) {
        try {
          const answer = await ask('incident')
          if (answer.ok) return Task.parse(await answer.json())
          return undefined
        } catch {
          // It does not listen before the rules are through.
          await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
        }
      }
      return undefined
    },
    async submit(verdict) {
      const answer = await ask('verdict', verdict)
      return Answer.parse(await answer.json())
    },
    accepted: async () => Task.parse(await (await ask('incident')).json()).accepted,
    async alive() {
      await (await ask('alive', {})).arrayBuffer()
    },
    async end(how) {
      await (await ask('end', how)).arrayBuffer()
    },
  }
}
