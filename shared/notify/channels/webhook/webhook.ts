import { createHmac } from 'node:crypto'
import type { Notice, Notifier } from '../../notice.ts'
import type { Channel } from '../opening.ts'
import { openedWith, type PostDeps, postJson } from '../post.ts'
import { webhookAnswers } from './webhook-answers.ts'

export type WebhookOptions = {
  readonly url: string
  /** Absent: what is sent is not signed. `whsec_` and Base64, or any text. */
  readonly signingKey?: string | undefined
}

/**
 * Posts CloudEvents 1.0 (structured, JSON), signed as Standard Webhooks (https://www.standardwebhooks.com) says: HMAC-SHA256
 * over id, time and body, so that a receiver can refuse what is old, forged or here for the second time.
 */
export function webhook({ url, signingKey }: WebhookOptions, deps: PostDeps): Notifier {
  const door = { answers: webhookAnswers, address: url, keys: signingKey === undefined ? [] : [signingKey] } as const
  return {
    takes: () => true,
    // By `webhook-id` and by the event's own id, as both standards say.
    dedups: true,
    openedWith: openedWith(url, signingKey ?? ''),
    send: async (notice, { id, copies }) => {
      const body = JSON.stringify(cloudEvent(notice, id))
      const headers =
        signingKey === undefined ? { 'webhook-id': id } : signature(signingKey, id, deps.clock.now(), body)
      await postJson(deps, { ...door, again: copies > 0 }, body, {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        ...headers,
      })
      return undefined
    },
  }
}

/** `id` is the same at each try: with `source` it names the event. */
export function cloudEvent(notice: Notice, id: string) {
  const incident = notice.kind === 'incident'
  return {
    specversion: '1.0',
    id,
    source: notice.cluster === undefined ? 'nightcrier' : `nightcrier/clusters/${encodeURIComponent(notice.cluster)}`,
    type: incident ? `nightcrier.incident.${notice.event}.v1` : `nightcrier.watch.${notice.event}.v1`,
    subject: incident ? notice.incidentId : notice.about,
    time: notice.at,
    datacontenttype: 'application/json',
    data: notice,
  }
}

function signature(secret: string, id: string, now: Date, body: string): Readonly<Record<string, string>> {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` }
}

export const webhookChannel: Channel = {
  open: async (reference, { place: { signing_key }, read, address, deps }) =>
    webhook(
      {
        url: await address(reference),
        signingKey: signing_key === undefined ? undefined : await read(signing_key),
      },
      deps,
    ),
  answers: [webhookAnswers],
}
