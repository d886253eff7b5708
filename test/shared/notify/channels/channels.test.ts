import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PlaceKind } from '../../../../shared/config/place-kinds.ts'
import { googleChat } from '../../../../shared/notify/channels/google-chat/google-chat.ts'
import { mattermost } from '../../../../shared/notify/channels/mattermost/mattermost.ts'
import { pagerDuty } from '../../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { openedWith } from '../../../../shared/notify/channels/post.ts'
import { slackWebhook } from '../../../../shared/notify/channels/slack/slack-webhook.ts'
import { teamsWorkflow } from '../../../../shared/notify/channels/teams/teams.ts'
import { webhook } from '../../../../shared/notify/channels/webhook/webhook.ts'
import type { Notifier } from '../../../../shared/notify/notice.ts'
import { Refused, Unsure } from '../../../../shared/notify/refusal.ts'
import { type Receiver, startReceiver } from '../../../fakes/receiver.ts'
import { all, hostile, reported } from '../sample-notices.ts'
import { slackFaults } from './slack/block-kit.ts'

let receiver: Receiver
let waits: number[]
/** As PagerDuty answers; the others as theirs do. */
const accepted = { status: 202, body: { status: 'success', message: 'Event processed' } }
const posted = { status: 200, body: { name: 'spaces/AAAA/messages/BBBB' } }
const well = ({ body }: { readonly body: string }) =>
  body.includes('routing_key') ? accepted : body.includes('cardsV2') ? posted : 200
beforeEach(async () => {
  receiver = await startReceiver(well)
  waits = []
})
afterEach(() => receiver.stop())

const deps = () => ({
  clock: { now: () => new Date('2026-01-12T09:41:00Z'), sleep: async (ms: number) => void waits.push(ms) },
  timeoutMs: 1_500,
})
const told = (id = 'reported:east.0123456789abcdef.1:1') => ({ id, ref: undefined, unsure: false, copies: 0 })
const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
/** Of every kind of place: one that has no row here does not compile. */
const makers: Readonly<Record<PlaceKind, () => Notifier>> = {
  slack: () => slackWebhook(`${receiver.url}/hook`, deps()),
  teams: () => teamsWorkflow(`${receiver.url}/hook`, deps()),
  webhook: () => webhook({ url: `${receiver.url}/hook`, signingKey: key }, deps()),
  mattermost: () => mattermost(`${receiver.url}/hook`, deps()),
  google_chat: () => googleChat(`${receiver.url}/hook`, deps()),
  pagerduty: () => pagerDuty({ routingKey: 'R0', url: `${receiver.url}/hook` }, deps()),
}

test.each(['slack', 'teams', 'mattermost', 'google_chat'] as const)(
  '%s is known by the address as it was configured, so that its open breaker is found again',
  (name) => expect(makers[name]().openedWith).toBe(openedWith(`${receiver.url}/hook`)),
)

describe.each(Object.entries(makers))('%s', (name, make) => {
  test.each([
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': '7200' }, 7_200],
    [{ 'retry-after': 'Mon, 12 Jan 2026 10:00:00 GMT', date: 'Mon, 12 Jan 2026 09:41:00 GMT' }, 1_140],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': '0' }, undefined],
    [{ 'retry-after': 'undefined' }, undefined],
    [{}, undefined],
  ])(
    'hands on how long a 429 asks for, and asks no more by itself: %j',
    async (headers: Record<string, string>, seconds) => {
      receiver.next({ status: 429, headers })
      const refusal = await make()
        .send(reported(), told())
        .catch((error: unknown) => error)
      expect(refusal).toMatchObject({ name: 'Refused', whose: 'pace', retryAfterSeconds: seconds })
      expect(receiver.received).toHaveLength(1)
      expect(waits).toEqual([])
    },
  )

  test('takes the seconds of the body where the header has none', async () => {
    receiver.next({ status: 429, body: { retry_after: 3, ok: false, error: 'rate_limited' } })
    await expect(make().send(reported(), told())).rejects.toMatchObject({ whose: 'pace', retryAfterSeconds: 3 })
  })

  test.each([502, 504, 408])(
    'calls a %d unsure, at once: somebody in between may have passed it on',
    async (status) => {
      receiver.next(status)
      await expect(make().send(reported(), told())).rejects.toBeInstanceOf(Unsure)
      expect(receiver.received).toHaveLength(1)
    },
  )

  test('does not believe a login page that says 200, and repeats no key of its address', async () => {
    receiver.next({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: new TextEncoder().encode(
        '<!DOCTYPE html><title>Sign in</title><form action="/hook"><input type="password">',
      ),
    })
    await expect(make().send(reported(), told())).rejects.toMatchObject({ name: 'Refused', whose: 'place' })
    expect(receiver.received).toHaveLength(1)
  })

  test('tries a 500 three times, each after a longer wait, and then says so', async () => {
    receiver.next(500, 503, 500)
    await expect(make().send(reported(), told())).rejects.toMatchObject({
      whose: 'away',
      message: expect.stringContaining('500'),
    })
    expect(receiver.received).toHaveLength(3)
    expect(waits).toEqual([500, 1_000])
  })

  test('does not try again what is refused for good', async () => {
    receiver.next({ status: 404, body: { error: 'no_service' } })
    await expect(make().send(reported(), told())).rejects.toMatchObject({
      whose: 'place',
      message: expect.stringContaining('404'),
    })
    expect(receiver.received).toHaveLength(1)
  })

  test('calls a receiver that is silent unsure, at once: it may have the notice', async () => {
    receiver.next('silent')
    await expect(make().send(reported(), told())).rejects.toBeInstanceOf(Unsure)
    expect(receiver.received).toHaveLength(1)
  })

  test('tries again when nobody listens, and never tells the address', async () => {
    const { url } = receiver
    await receiver.stop()
    const error = await make()
      .send(reported(), told())
      .then(() => undefined)
      .catch((thrown: Error) => thrown)
    expect(error).toBeInstanceOf(Refused)
    expect(`${error?.message} ${(error?.cause as Error | undefined)?.message}`).not.toContain(`${url}/hook`)
    expect(waits).toEqual([500, 1_000])
    receiver = await startReceiver()
  })

  test('follows no redirect: the address may hold a key', async () => {
    receiver.next({ status: 307, headers: { location: 'https://evil.example/' } })
    await expect(make().send(reported(), told())).rejects.toMatchObject({ whose: 'place' })
  })

  test('takes every kind of notice that it says it takes', async () => {
    const notifier = make()
    const taken = Object.values(all).filter(notifier.takes)
    for (const notice of [...taken, ...hostile().filter(notifier.takes)]) await notifier.send(notice, told())
    expect(taken.length).toBeGreaterThanOrEqual(9)
    for (const { body } of receiver.received) {
      const sent = JSON.parse(body)
      if (name === 'slack') expect(slackFaults(sent)).toEqual([])
      if (name === 'teams') expect(Buffer.byteLength(body)).toBeLessThan(28_000)
      if (name === 'pagerduty') expect(sent.dedup_key.length).toBeLessThanOrEqual(255)
    }
  })
})

describe('the generic webhook', () => {
  const send = async (notice = all.reported!, id?: string) => {
    const { clock, ...rest } = deps()
    const now = { ...clock, now: () => new Date() }
    await webhook({ url: `${receiver.url}/hook`, signingKey: key }, { ...rest, clock: now }).send(notice, told(id))
    return receiver.received.at(-1)!
  }

  test('sends CloudEvents 1.0 in structured mode', async () => {
    const { headers, body } = await send()
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
    expect(JSON.parse(body)).toEqual({
      specversion: '1.0',
      id: 'reported:east.0123456789abcdef.1:1',
      source: 'nightcrier/clusters/east',
      type: 'nightcrier.incident.reported.v1',
      subject: 'east.0123456789abcdef.1',
      time: '2026-01-12T09:41:08.000Z',
      datacontenttype: 'application/json',
      data: JSON.parse(JSON.stringify(all.reported)),
    })
  })

  test('gives what comes twice the same id, so that the receiver can tell', async () => {
    const [first, second] = [await send(), await send()]
    expect(JSON.parse(second.body)).toEqual(JSON.parse(first.body))
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
  })

  test('is signed so that the library of Standard Webhooks accepts it, and nothing that was changed', async () => {
    const { headers, body } = await send()
    const judge = new Webhook(key)
    const given = headers as Record<string, string>
    expect(judge.verify(body, given)).toMatchObject({ specversion: '1.0' })
    expect(() => judge.verify(body.replace('east', 'west'), given)).toThrow()
    const old = { ...given, 'webhook-timestamp': String(Number(given['webhook-timestamp']) - 3_600) }
    expect(() => judge.verify(body, old)).toThrow()
  })

  test('without a key is not signed', async () => {
    await webhook({ url: receiver.url }, deps()).send(all.reported!, told())
    expect(receiver.received[0]?.headers['webhook-signature']).toBeUndefined()
  })
})

describe('PagerDuty', () => {
  const event = async (notice = all.reported!) => {
    await makers.pagerduty!().send(notice, told())
    return JSON.parse(receiver.received.at(-1)!.body)
  }

  test('triggers by the generation, and resolves by the same key', async () => {
    const trigger = await event()
    expect(trigger).toMatchObject({
      routing_key: 'R0',
      event_action: 'trigger',
      dedup_key: 'east.0123456789abcdef.1',
      payload: { source: 'east', severity: 'critical', component: 'Deployment/web', class: 'CrashLoop' },
      links: [{ href: 'https://reports.example/x', text: 'Report' }],
    })
    expect(trigger.payload.summary).toContain('BadCommand')
    expect(await event(all.resolved)).toEqual({
      routing_key: 'R0',
      event_action: 'resolve',
      dedup_key: 'east.0123456789abcdef.1',
    })
  })

  test('a cluster that is back resolves what its loss triggered', async () => {
    const lost = await event(all.unreachable)
    const back = await event(all.reachable)
    expect([lost.event_action, back.event_action]).toEqual(['trigger', 'resolve'])
    expect(back.dedup_key).toBe(lost.dedup_key)
  })

  test('hears at once of what is critical, or with the report where it is set so', () => {
    const opened = { ...reported(), event: 'started' as const }
    expect(makers.pagerduty!().takes(opened)).toBe(true)
    expect(makers.pagerduty!().takes({ ...opened, severity: 'warning' })).toBe(false)
    const late = pagerDuty({ routingKey: 'R0', url: receiver.url, page: 'after-report' }, deps())
    expect(late.takes(opened)).toBe(false)
  })

  test('gets what is found later as a change, which pages nobody a second time', async () => {
    const ref = await makers.pagerduty!().send({ ...reported(), event: 'started' }, told())
    await makers.pagerduty!().send(reported(), { ...told(), ref })
    const [trigger, change] = receiver.received.map(({ path, body }) => ({ path, ...JSON.parse(body) }))
    expect([trigger.event_action, change.event_action]).toEqual(['trigger', undefined])
    expect(change).toMatchObject({ path: '/v2/change/enqueue', links: [{ href: 'https://reports.example/x' }] })
    expect(change.payload.summary).toContain('BadCommand')
    receiver.next(404)
    expect(await makers.pagerduty!().send(reported(), { ...told(), ref })).toBe(ref)
  })

  test('wakes nobody because an agent is at work on less', () => {
    expect(makers.pagerduty!().takes({ ...reported(), event: 'started', severity: 'info' })).toBe(false)
  })
})

describe('Teams', () => {
  test('gets an Adaptive Card in which no text from outside is Markdown', async () => {
    for (const notice of hostile().filter(makers.teams!().takes)) {
      await makers.teams!().send(notice, told())
      const sent = JSON.parse(receiver.received.at(-1)!.body)
      expect(sent).toMatchObject({
        type: 'message',
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
      })
      expect(JSON.stringify(sent)).not.toMatch(/"type":"(TextBlock|FactSet)"/)
    }
  })

  test('has the link to the report as a button', async () => {
    await makers.teams!().send(reported(), told())
    const [{ content }] = JSON.parse(receiver.received[0]!.body).attachments
    expect(content.actions[0]).toEqual({
      type: 'Action.OpenUrl',
      title: 'Report',
      url: 'https://reports.example/x',
    })
  })
})
