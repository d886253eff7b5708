import { expect, test } from 'vitest'
import { googleChatMessage } from '../../../shared/notify/channels/google-chat/google-chat.ts'
import { mattermostMessage } from '../../../shared/notify/channels/mattermost/mattermost.ts'
import { pagerDutyEvent } from '../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { slackMessage } from '../../../shared/notify/channels/slack/slack-message.ts'
import { teamsMessage } from '../../../shared/notify/channels/teams/teams.ts'
import { cloudEvent } from '../../../shared/notify/channels/webhook/webhook.ts'
import { incidentNotice } from '../../../shared/notify/compose-notice.ts'
import { share } from '../../run/share.ts'
import { realReports, shownScenarios } from '../report/real-reports.ts'
import { slackFaults } from './channels/slack/block-kit.ts'

/** The snapshot's own times are moved to the present. */
const withoutTimes = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/\w{3} \d{1,2} \w{3} \d\d:\d\d UTC/g, '‹when›')
      .replaceAll(/\(\d[\d.]* (?:min|h|s)\)/g, '(‹long›)')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '‹stamp›'),
  )
const links = {
  report: 'https://app.example/api/r/report',
  feedback: 'https://app.example/api/r/feedback',
  mute: 'https://app.example/api/r/mute',
  ask: 'https://app.example/api/r/ask',
}

test.each(share(shownScenarios, 4))(
  'the messages of %s say the same everywhere, and fit',
  { timeout: 90_000 },
  async (name) => {
    const [report] = await realReports(name)
    const notice = incidentNotice('reported', { ...report!.incident, outcome: report!.outcome }, report, links)
    const slack = slackMessage(notice)
    expect(slackFaults(slack)).toEqual([])
    expect(slack.text.length).toBeLessThanOrEqual(75)
    const [teams, pager] = [teamsMessage(notice), pagerDutyEvent(notice, 'key', 'dedup')]
    // 28 KB are Teams' limit, 512 KB PagerDuty's; a card that a phone shows in one piece has far less.
    expect(Buffer.byteLength(JSON.stringify(teams))).toBeLessThan(6_000)
    expect(Buffer.byteLength(JSON.stringify(pager))).toBeLessThan(6_000)
    expect(Buffer.byteLength(JSON.stringify(cloudEvent(notice, 'id')))).toBeLessThan(8_000)
    const [mattermost, chat] = [mattermostMessage(notice), googleChatMessage(notice)]
    // 16,383 characters are Mattermost's limit, 32,000 bytes Google Chat's, of which 4,096 characters may be text.
    expect(JSON.stringify(mattermost).length).toBeLessThan(6_000)
    expect(Buffer.byteLength(JSON.stringify(chat))).toBeLessThan(6_000)
    for (const message of [mattermost, chat]) expect(JSON.stringify(message)).toContain(notice.resource.split('/')[1])
    for (const message of [slack, teams, pager]) {
      const text = JSON.stringify(message)
      expect(text).toContain(notice.glance.effect)
      expect(text).not.toMatch(/No cause found\.\W*No cause found/)
      for (const { command } of notice.actions.slice(0, 1))
        if (command?.startsWith('kubectl ')) expect(text).toContain('kubectl --context sim')
    }
    expect(
      withoutTimes({ slack, teams: teams.attachments[0]?.content.body, pager, mattermost, chat }),
    ).toMatchSnapshot()
  },
)
