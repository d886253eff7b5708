import { type Behaviour, type Received, startReceiver } from './receiver.ts'

type Message = { ts: string; thread_ts?: string; text: string; attachments?: string; metadata?: string }

/** Slack's Web API as far as the bot uses it: posts, changes, threads, and looking back. */
export async function startSlackApi() {
  const messages: Message[] = []
  let last = 0
  const answer = (body: unknown): Behaviour => ({ status: 200, body })
  const shown = (list: readonly Message[]) =>
    list.map(({ metadata, ...rest }) => ({
      ...rest,
      ...(metadata === undefined ? {} : { metadata: JSON.parse(metadata) }),
    }))

  function act({ path, body, headers }: Received): Behaviour {
    if (headers.authorization !== 'Bearer xoxb-1') return answer({ ok: false, error: 'invalid_auth' })
    const given: Record<string, string> = Object.fromEntries(new URLSearchParams(body))
    const { channel = '', ts = '', thread_ts, text = '', attachments, metadata } = given
    const rest = {
      ...(attachments === undefined ? {} : { attachments }),
      ...(metadata === undefined ? {} : { metadata }),
    }
    switch (path) {
      case '/api/chat.postMessage': {
        last += 1
        const stamp = `1700000000.${String(last).padStart(6, '0')}`
        messages.push({ ts: stamp, text, ...rest, ...(thread_ts === undefined ? {} : { thread_ts }) })
        return answer({ ok: true, channel, ts: stamp })
      }
      case '/api/chat.update': {
        const found = messages.find((one) => one.ts === ts)
        if (found === undefined) return answer({ ok: false, error: 'message_not_found' })
        Object.assign(found, { text, ...rest })
        return answer({ ok: true, channel, ts })
      }
      case '/api/conversations.history':
        return answer({ ok: true, messages: shown(messages.filter((one) => one.thread_ts === undefined)).toReversed() })
      case '/api/conversations.replies':
        return answer({ ok: true, messages: shown(messages.filter((one) => one.thread_ts === ts || one.ts === ts)) })
      default:
        return answer({ ok: false, error: 'unknown_method' })
    }
  }
  const receiver = await startReceiver(act)
  return {
    ...receiver,
    apiUrl: `${receiver.url}/api/`,
    roots: (): readonly Message[] => messages.filter((one) => one.thread_ts === undefined),
    thread: (ts: string): readonly Message[] => messages.filter((one) => one.thread_ts === ts),
  }
}
export type SlackApi = Awaited<ReturnType<typeof startSlackApi>>
