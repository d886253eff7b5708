import { expect, test } from 'vitest'
import { Place } from '../../../shared/config/notifications.ts'
import { googleChatMessage } from '../../../shared/notify/channels/google-chat/google-chat.ts'
import { mattermostMessage } from '../../../shared/notify/channels/mattermost/mattermost.ts'
import { pagerDutyEvent } from '../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { slackMessage } from '../../../shared/notify/channels/slack/slack-message.ts'
import { teamsMessage } from '../../../shared/notify/channels/teams/teams.ts'
import type { IncidentNotice, Notice } from '../../../shared/notify/notice.ts'
import { inOwnWords } from '../../../shared/notify/own-words.ts'
import { all, reported } from './sample-notices.ts'

/** As the place's notifier gets it. */
async function received(place: Partial<Place>, notice: Notice): Promise<IncidentNotice> {
  const got: Notice[] = []
  const notifier = inOwnWords(place, {
    takes: () => true,
    dedups: true,
    openedWith: '',
    send: async (one) => {
      got.push(one)
      return undefined
    },
  })
  await notifier.send(notice, { id: 'x', ref: undefined, unsure: false, copies: 0 })
  return got[0] as IncidentNotice
}
const slack = (more: object) => Place.safeParse({ slack: 'keyvault:x', ...more })

test('an owner whom the place knows is mentioned with the report, and by nothing of the cluster', async () => {
  const owners = { payments: 'S0123456789', ada: 'U0123456789' }
  const told = await received({ owners }, reported({ owner: 'payments' }))
  expect(slackMessage(told).text).toMatch(/ <!subteam\^S0123456789>$/)
  expect(slackMessage(await received({ owners }, reported({ owner: 'ada' }))).text).toMatch(/ <@U0123456789>$/)
  for (const notice of [
    reported({ owner: '<!channel>' }),
    reported({ owner: 'constructor' }),
    reported(),
    { ...(all.resolved as IncidentNotice), owner: 'payments' },
  ]) {
    const { mention } = await received({ owners }, notice)
    expect(mention).toBeUndefined()
  }
})

test('each place mentions as its product does', () => {
  const of = (mention: string) => reported({ owner: 'payments', mention })
  expect(mattermostMessage(of('payments-team')).text).toMatch(/ @payments-team$/)
  expect(googleChatMessage(of('users/123')).text).toMatch(/ <users\/123>$/)
  const card = teamsMessage(of('ada@example.com')).attachments[0]?.content
  expect(card?.msteams).toMatchObject({ entities: [{ type: 'mention', mentioned: { id: 'ada@example.com' } }] })
  expect(JSON.stringify(card?.body)).toContain('<at>ada@example.com</at>')
})

test('a text of ones own is the first line everywhere, and what has no value leaves no gap', async () => {
  const text = '{severity} {confidence} {environment}: {effect} in {cluster} ({owner})'
  const told = await received({ text }, reported({ severity: 'critical', owner: 'payments', environment: '' }))
  expect(told.ownText).toMatch(/^critical \w+ : web .* in east \(payments\)$/)
  const shown = [
    slackMessage(told).text,
    teamsMessage(told).attachments[0]?.content.fallbackText,
    mattermostMessage(told).attachments[0]?.fallback,
    googleChatMessage(told).text,
    (pagerDutyEvent(told, 'k', 'd') as { payload: { summary: string } }).payload.summary,
  ]
  for (const one of shown) expect(one).toContain('in east (payments)')
  // Of what is told before there is a report, nothing is known: the notice goes all the same.
  expect((await received({ text: '{confidence}{owner}' }, all.skipped!)).ownText).toBeUndefined()
})

test.each([
  [{ text: '{efect} in {cluster}' }, 'has {efect}, which is none of {event}, {effect}'],
  [{ text: 'it broke' }, 'says the same of every incident'],
  [{ text: '{effect} {' }, 'a brace without its other'],
  [{ owners: { payments: '@payments' } }, 'must be the id of a member'],
  [{ owners: { payments: '<!channel>' } }, 'must be the id of a member'],
])('%j is refused where it is written', (more, words) => {
  const parsed = slack(more)
  expect(parsed.success).toBe(false)
  expect(parsed.error?.issues[0]?.message).toContain(words)
})

test('a webhook takes neither', () => {
  const hook = (more: object) => Place.safeParse({ webhook: 'keyvault:x', ...more }).success
  expect([hook({ text: '{effect}' }), hook({ owners: { a: 'U0123456789' } }), hook({})]).toEqual([false, false, true])
})

const evil = '<!channel> @all <https://evil.example|click> **x** [x](https://evil.example) <users/all>'
test('words of a cluster mention nobody, and are no links', () => {
  const notice = reported({
    glance: { ...reported().glance, effect: evil },
    cause: evil,
    resource: `Pod/${evil}`,
    actions: [{ title: evil, command: `kubectl get ${evil}`, changesState: false }],
  })
  // What stands in code mentions nobody, and a fallback is plain text.
  const { text, attachments } = mattermostMessage(notice)
  const mattermost = JSON.stringify([text, attachments[0]?.text, attachments[0]?.fields]).replace(/```.*?```/g, '')
  expect(mattermost).not.toMatch(/<!channel>|@all|<https:\/\/evil\.example\||[^\\]\[x\]\(https:\/\/evil/)
  const chat = googleChatMessage(notice)
  expect(chat.text).not.toMatch(/<(users|https)/)
  expect(JSON.stringify(chat.cardsV2)).not.toMatch(/<(users|https|!)/)
})

test('however much a cluster says, Google Chat takes it', () => {
  const long = '界<&'.repeat(20_000)
  const notice = reported({
    glance: { ...reported().glance, effect: long },
    cause: long,
    resource: long,
    namespace: long,
    url: `https://app.example/${'x'.repeat(30_000)}`,
    actions: [{ title: long, command: long, changesState: true }],
  })
  const chat = googleChatMessage(notice)
  expect(Buffer.byteLength(JSON.stringify(chat))).toBeLessThan(32_000)
  expect(chat.text.length).toBeLessThan(4_096)
  expect(JSON.stringify(mattermostMessage(notice)).length).toBeLessThan(16_000)
})
