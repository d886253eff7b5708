import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { googleChat } from '../../../../shared/notify/channels/google-chat/google-chat.ts'
import { mattermost } from '../../../../shared/notify/channels/mattermost/mattermost.ts'
import { pagerDuty } from '../../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { slackBot } from '../../../../shared/notify/channels/slack/slack-bot.ts'
import { slackWebhook } from '../../../../shared/notify/channels/slack/slack-webhook.ts'
import { teamsWorkflow } from '../../../../shared/notify/channels/teams/teams.ts'
import { webhook } from '../../../../shared/notify/channels/webhook/webhook.ts'
import type { Notifier } from '../../../../shared/notify/notice.ts'
import { startRawServer } from '../../../fakes/raw-server.ts'
import { type Behaviour, startReceiver } from '../../../fakes/receiver.ts'
import { reported } from '../sample-notices.ts'

const deps = { clock: { now: () => new Date('2026-01-12T09:41:00Z'), sleep: async () => undefined }, timeoutMs: 5_000 }
const makers = {
  slack: (url: string) => slackWebhook(url, deps),
  'slack bot': (url: string) => slackBot({ token: 'xoxb-1', channel: 'C1', apiUrl: new URL('/api/', url).href }, deps),
  teams: (url: string) => teamsWorkflow(url, deps),
  webhook: (url: string) => webhook({ url }, deps),
  mattermost: (url: string) => mattermost(url, deps),
  'google chat': (url: string) => googleChat(url, deps),
  pagerduty: (url: string) => pagerDuty({ routingKey: 'R0', url }, deps),
} satisfies Record<string, (url: string) => Notifier>
type Name = keyof typeof makers
const names = Object.keys(makers) as readonly Name[]
const well: Readonly<Record<Name, string>> = {
  slack: 'ok',
  'slack bot': '{"ok":true,"channel":"C1","ts":"1.2"}',
  teams: '',
  webhook: 'ok',
  mattermost: 'ok',
  'google chat': '{"name":"spaces/A/messages/B"}',
  pagerduty: '{"status":"success"}',
}
const good = (name: Name) => (name === 'pagerduty' || name === 'teams' ? 202 : 200)
const bytes = (text: string) => new TextEncoder().encode(text)

/** What becomes of a notice, in a word and a number; and how often it was asked for. */
async function tried(notifier: Notifier, copies = 0): Promise<string> {
  const delivered = { id: 'reported:east.1.1:1', ref: undefined, unsure: copies > 0, copies }
  try {
    await notifier.send(reported(), delivered)
    return 'sent'
  } catch (error) {
    const { name = '', whose = '', retryAfterSeconds = '' } = error as Record<string, unknown>
    return name === 'Refused' ? `${whose} ${retryAfterSeconds}`.trim() : String(name).toLowerCase()
  }
}
async function answering(name: Name, behaviour: Behaviour, copies = 0) {
  const receiver = await startReceiver(() => behaviour)
  onTestFinished(receiver.stop)
  return { what: await tried(makers[name](`${receiver.url}/hook`), copies), requests: receiver.received.length }
}

test.each(names)(
  '%s is believed also in other packing: compressed, with line ends or a mark in front',
  async (name) => {
    for (const [body, headers] of [
      [gzipSync(well[name]), { 'content-encoding': 'gzip' }],
      [brotliCompressSync(Buffer.from(well[name])), { 'content-encoding': 'br' }],
      [bytes(`${well[name]}\r\n`), {}],
      [bytes(`\ufeff${well[name]}`), {}],
    ] as const)
      expect((await answering(name, { status: good(name), headers, body })).what).toBe('sent')
  },
)

test.each(names)(
  '%s that says when it is to be asked again is not asked before that, also with a 503',
  async (name) => {
    expect(await answering(name, { status: 503, headers: { 'retry-after': '60' } })).toEqual({
      what: 'away 60',
      requests: 1,
    })
  },
)

test.each([
  ['an hour ahead', '2026-01-12T10:41:00Z'],
  ['ten minutes behind', '2026-01-12T09:31:00Z'],
])('a date to wait for is one of the receiver’s clock, which is %s', async (_, theirs) => {
  const date = (seconds: number) => new Date(Date.parse(theirs) + seconds * 1000).toUTCString()
  const headers = { date: date(0), 'retry-after': date(90) }
  expect((await answering('webhook', { status: 429, headers })).what).toBe('pace 90')
})

test.each<[Name, number, unknown, string]>([
  ['webhook', 200, { success: false, message: 'quota' }, 'message'],
  ['webhook', 200, { status: 'error', message: 'quota' }, 'message'],
  ['webhook', 200, { accepted: 1, result: 'rejected' }, 'message'],
  ['webhook', 200, { status: 'ok', checks: [{ ok: false }] }, 'sent'],
  ['webhook', 200, { status: 'queued', last: { status: 'error' } }, 'sent'],
  ['teams', 202, { statusCode: 400, message: 'bad card' }, 'message'],
  ['teams', 200, { success: false }, 'message'],
  ['teams', 200, { status: 'accepted' }, 'sent'],
  ['webhook', 425, {}, 'away'],
  ['webhook', 520, {}, 'unsure'],
  ['webhook', 524, {}, 'unsure'],
  ['webhook', 521, {}, 'away'],
  ['slack', 524, {}, 'unsure'],
])('%s, %d %j: %s', async (name, status, body, what) => {
  expect((await answering(name, { status, body })).what).toBe(what)
})

test('a webhook that says 409 to a second post has it from the first; to a first one it says no', async () => {
  const behaviour = { status: 409, body: { error: 'duplicate' } }
  expect((await answering('webhook', behaviour, 1)).what).toBe('sent')
  expect((await answering('webhook', behaviour)).what).toBe('message')
  expect((await answering('teams', behaviour, 1)).what).toBe('message')
})

test.each<[string, string, (socket: Socket) => void, string]>([
  ['is reset before its TLS is there', 'https', (socket) => socket.resetAndDestroy(), 'away'],
  ['is closed before its TLS is there', 'https', (socket) => socket.end(), 'away'],
  ['is reset after the whole notice was sent', 'http', (socket) => socket.resetAndDestroy(), 'unsure'],
  ['is closed after the whole notice was sent', 'http', (socket) => socket.end(), 'unsure'],
])('a connection that %s (%s)', async (_, scheme, answer, what) => {
  const server = await startRawServer(answer)
  onTestFinished(server.stop)
  expect(await tried(makers.teams(`${scheme}://${server.host}/hook`))).toBe(what)
  // Only what certainly has not arrived is posted again by itself.
  expect(server.connections()).toBe(what === 'away' ? 3 : 1)
})

test('user and password of an address go into a header, as every client does it', async () => {
  const receiver = await startReceiver()
  onTestFinished(receiver.stop)
  const address = `${receiver.url.replace('http://', 'http://ops:not%3Areal@')}/hook`
  expect(await tried(makers.webhook(address))).toBe('sent')
  const [got] = receiver.received
  expect([got?.path, got?.headers.authorization]).toEqual([
    '/hook',
    `Basic ${Buffer.from('ops:not:real').toString('base64')}`,
  ])
})

test.each(['thread_not_found', 'restricted_action_thread_locked', 'msg_too_long', 'is_archived'])(
  'the bot’s message is changed, and its thread says %s: it is told, once',
  async (error) => {
    const asked: string[] = []
    const slack = await startReceiver(({ path, body }) => {
      const inThread = body.includes('thread_ts')
      asked.push(`${path.split('/').at(-1)}${inThread ? ' in the thread' : ''}`)
      return { status: 200, body: inThread ? { ok: false, error } : { ok: true, channel: 'C1', ts: '1.2' } }
    })
    onTestFinished(slack.stop)
    const bot = slackBot({ token: 'xoxb-1', channel: 'C1', apiUrl: `${slack.url}/api/` }, deps)
    const delivered = { id: 'reported:east.1.1:1', ref: 'C1 1.2', unsure: false, copies: 0 }
    expect(await bot.send(reported(), delivered)).toBe('C1 1.2')
    expect(asked).toEqual(['chat.update', 'chat.postMessage in the thread'])
  },
)
