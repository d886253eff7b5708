import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../../infra/local/azurite.ts'
import { notifyDeps } from '../../../../shared/app/deps/notify.ts'
import { reportDeps } from '../../../../shared/app/deps/report.ts'
import { byLink } from '../../../../shared/app/http/by-link.ts'
import { createPlatform, type Platform } from '../../../../shared/app/platform.ts'
import { ensureStorage } from '../../../../shared/azure/ensure-storage.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { googleChatMessage } from '../../../../shared/notify/channels/google-chat/google-chat.ts'
import { mattermostMessage } from '../../../../shared/notify/channels/mattermost/mattermost.ts'
import { pagerDutyEvent } from '../../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { slackMessage } from '../../../../shared/notify/channels/slack/slack-message.ts'
import { teamsMessage } from '../../../../shared/notify/channels/teams/teams.ts'
import { cloudEvent } from '../../../../shared/notify/channels/webhook/webhook.ts'
import { incidentNotice } from '../../../../shared/notify/compose-notice.ts'
import { publish } from '../../../../shared/report/publish.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { share } from '../../../run/share.ts'
import { realReports, shownScenarios } from '../../report/real-reports.ts'

let azurite: Azurite
let platform: Platform
const silent = createLog('error', () => {})
const host = 'func-example.azurewebsites.net'
beforeAll(async () => {
  azurite = await startAzurite()
  const storage = azurite.connectionString
  const settings = readSettings({
    AzureWebJobsStorage: storage,
    CLUSTERS_FILE: '/nowhere.yaml',
    WEBSITE_HOSTNAME: host,
  })
  await ensureStorage(settings)
  platform = createPlatform(settings, () => {})
})
afterAll(() => azurite?.stop())

async function open(address: string) {
  const url = new URL(address)
  const link = decodeURIComponent(url.pathname.slice('/api/r/'.length))
  const headers = { get: (name: string) => (name === 'accept' ? 'text/html' : null) }
  return byLink(platform, link, { method: 'GET', headers, query: url.searchParams, text: async () => '' })
}
/** The addresses of ours in what is sent, in whatever field or mark of the channel they stand. */
const ours = (message: unknown): readonly string[] => [
  ...new Set(
    [...JSON.stringify(message).matchAll(new RegExp(`https://${host}/[^\\s"\\\\|>)\\]]*`, 'g'))].map(([url]) => url),
  ),
]

test.each(share(shownScenarios, 4))(
  'each link in every message of %s opens for who has it, and a changed one a page that says why not',
  { timeout: 90_000 },
  async (name) => {
    const [report] = await realReports(name)
    const stored = { ...report!.incident, outcome: report!.outcome }
    await platform.store.insert(stored)
    const files = Object.fromEntries(report!.artifacts.map((file) => [file, file]))
    await publish(reportDeps(platform, silent))({ ...report!, incident: stored }, files)
    const links = await notifyDeps(platform, silent).links(stored.incidentId, true)
    const notice = incidentNotice('reported', stored, report, links)
    const messages = {
      slack: slackMessage(notice),
      teams: teamsMessage(notice),
      pager: pagerDutyEvent(notice, 'key', 'dedup'),
      webhook: cloudEvent(notice, 'id'),
      mattermost: mattermostMessage(notice),
      chat: googleChatMessage(notice),
    }
    for (const [channel, message] of Object.entries(messages)) {
      const found = ours(message)
      expect(found, channel).toContain(links.report)
      for (const link of found) {
        expect({ channel, link, status: (await open(link)).status }).toEqual({ channel, link, status: 200 })
        const changed = await open(link.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')))
        expect({ channel, link, status: changed.status }).toEqual({ channel, link, status: 403 })
        expect(changed.body).toContain('<h1>')
      }
    }
    // A person answers, mutes and asks from where the message is read.
    for (const channel of ['slack', 'teams', 'mattermost', 'chat'] as const)
      expect(ours(messages[channel]), channel).toEqual(expect.arrayContaining([links.feedback, links.mute, links.ask]))
  },
)
