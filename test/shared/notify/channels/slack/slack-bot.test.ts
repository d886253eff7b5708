import { afterEach, beforeEach, expect, test } from 'vitest'
import { slackBot } from '../../../../../shared/notify/channels/slack/slack-bot.ts'
import type { Notice } from '../../../../../shared/notify/notice.ts'
import { Unsure } from '../../../../../shared/notify/refusal.ts'
import { type SlackApi, startSlackApi } from '../../../../fakes/slack-api.ts'
import { all, reported } from '../../sample-notices.ts'
import { slackFaults } from './block-kit.ts'

let slack: SlackApi
let waits: number[]
beforeEach(async () => {
  slack = await startSlackApi()
  waits = []
})
afterEach(() => slack.stop())

const bot = (token = 'xoxb-1') =>
  slackBot(
    { token, channel: 'C1', apiUrl: slack.apiUrl },
    { clock: { now: () => new Date(), sleep: async (ms) => void waits.push(ms) }, timeoutMs: 1_500 },
  )
const tell = (notice: Notice, told: { id?: string; ref?: string; unsure?: boolean; copies?: number } = {}) =>
  bot().send(notice, {
    id: told.id ?? `id of ${notice.event}`,
    ref: told.ref,
    unsure: told.unsure ?? false,
    copies: told.copies ?? 0,
  })

test('one message is changed from investigating to report to resolved, with the details in its thread', async () => {
  const ref = await tell(all.started!)
  expect(slack.roots()[0]?.text).toContain('Investigating web crash loop, east')
  expect(await tell(reported(), { ref: ref! })).toBe(ref)
  expect(slack.roots()[0]?.text).toContain('web 0/3 ready, east: the container command')
  await tell(all.resolved!, { ref: ref! })
  expect(slack.roots()).toHaveLength(1)
  expect(slack.roots()[0]?.text).toMatch(/Resolved after \d+ (s|min): Deployment\/web in east/)
  const thread = slack.thread(slack.roots()[0]!.ts)
  expect(thread.map(({ text }) => text.slice(0, 20))).toEqual([expect.any(String), expect.stringContaining('Resolved')])
  expect(thread).toHaveLength(2)
})

test('every message is within the limits of Block Kit', async () => {
  const notifier = bot()
  for (const notice of Object.values(all).filter(notifier.takes)) await tell(notice)
  for (const { text, attachments } of slack.roots())
    expect(slackFaults({ text, attachments: JSON.parse(attachments ?? '[]') })).toEqual([])
})

test('a report without an earlier message makes one, with its details in a thread', async () => {
  const ref = await tell(reported())
  expect(ref).toBe(`C1 ${slack.roots()[0]?.ts}`)
  expect(slack.thread(slack.roots()[0]!.ts)).toHaveLength(1)
})

test('a message whose answer was lost is found again and not posted a second time', async () => {
  const ref = await tell(all.started!)
  expect(await tell(reported(), { unsure: true })).toBe(ref)
  expect(slack.roots()).toHaveLength(1)
  await tell(reported(), { unsure: true })
  expect(slack.roots()).toHaveLength(1)
  expect(slack.thread(slack.roots()[0]!.ts)).toHaveLength(1)
})

test('a notice of trouble whose answer was lost is not posted twice either', async () => {
  await tell(all.unreachable!)
  await tell(all.unreachable!, { unsure: true })
  expect(slack.roots()).toHaveLength(1)
  await tell(all.reachable!, { unsure: true })
  expect(slack.roots()).toHaveLength(2)
})

test('where it may not look back it posts again: silence is worse', async () => {
  slack.next({ status: 200, body: { ok: false, error: 'missing_scope' } })
  await tell(reported(), { unsure: true })
  expect(slack.roots()).toHaveLength(1)
})

test('how long a 429 asks for goes to the queue', async () => {
  slack.next({ status: 429, headers: { 'retry-after': '120' } })
  await expect(tell(all.started!)).rejects.toMatchObject({ whose: 'pace', retryAfterSeconds: 120 })
  expect(slack.received).toHaveLength(1)
})

test.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
  'a message that may not be changed (%s) is posted anew, and what follows changes the new one',
  async (error) => {
    const ref = await tell(all.started!)
    slack.next({ status: 200, body: { ok: false, error } })
    const anew = await tell(reported(), { ref: ref! })
    expect(anew).not.toBe(ref)
    expect(await tell(all.resolved!, { ref: anew! })).toBe(anew)
    expect(slack.roots().map(({ text }) => text.slice(0, 12))).toEqual([
      expect.stringContaining('Invest'),
      expect.stringContaining('Resolved'),
    ])
  },
)

test('where the bot may not look there are two copies at most', async () => {
  slack.next({ status: 200, body: { ok: false, error: 'missing_scope' } })
  await expect(tell(reported(), { unsure: true, copies: 2 })).rejects.toMatchObject({ whose: 'message' })
  expect(slack.roots()).toEqual([])
})

test('a 500 is tried again, a 502 is not: somebody in between may have passed it on', async () => {
  slack.next(500)
  await tell(all.started!)
  expect(slack.roots()).toHaveLength(1)
  slack.next(502)
  await expect(tell(all.started!)).rejects.toBeInstanceOf(Unsure)
})

test('silence is unsure: nothing is posted again before somebody has looked', async () => {
  slack.next('silent')
  await expect(tell(all.started!)).rejects.toBeInstanceOf(Unsure)
  expect(slack.received).toHaveLength(1)
})

test('what Slack says no to is an error with its word for it, and without the token', async () => {
  const failed = await bot('xoxb-wrong')
    .send(all.started!, { id: 'x', ref: undefined, unsure: false, copies: 0 })
    .then(() => '')
    .catch((error: unknown) => String(error))
  expect(failed).toContain('invalid_auth')
  expect(failed).not.toContain('xoxb')
})

test('a thread that cannot be written does not make a second message', async () => {
  slack.next(
    { status: 200, body: { ok: true, channel: 'C1', ts: '1.1' } },
    { status: 200, body: { ok: false, error: 'restricted_action' } },
  )
  expect(await tell(reported())).toBe('C1 1.1')
})
