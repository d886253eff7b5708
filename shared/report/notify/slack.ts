import { IncomingWebhook, type IncomingWebhookSendArguments } from '@slack/webhook'
import type { Severity } from '../../faults/fault.ts'
import type { Clock } from '../../runtime/clock.ts'
import { outcomeWords } from '../page/incident-page.ts'
import type { Notice, Notifier } from './notice.ts'
import { patientFetch } from './patient-fetch.ts'

const colours: Readonly<Record<Severity, string>> = { critical: '#E01E5A', warning: '#ECB22E', info: '#2EB67D' }
/** Slack answers in well under a second; a post that takes longer than this is better tried again. */
const TIMEOUT_MS = 10_000

/** Posts to a channel by incoming webhook, trying again on 429 and 5xx. */
export function slackWebhook(url: string, clock: Clock): Notifier {
  const webhook = new IncomingWebhook(url, {
    timeout: TIMEOUT_MS,
    retryConfig: { retries: 3, minTimeout: 500, maxTimeout: 4_000 },
    fetch: patientFetch(clock),
  })
  return {
    name: 'slack',
    send: async (notice) => {
      await webhook.send(slackMessage(notice))
    },
  }
}

/** Block Kit of one notice; every text from outside is escaped and cut to Slack's limits. */
export function slackMessage(notice: Notice): IncomingWebhookSendArguments {
  if (notice.kind === 'trouble') {
    const text = `*${escaped(notice.title, 150)}*\n${escaped(notice.text, 2_500)}`
    return { text: escaped(notice.title, 150), blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }
  }
  const field = (label: string, value: string) => ({
    type: 'mrkdwn' as const,
    text: `*${label}:* ${escaped(value, 300)}`,
  })
  const cause =
    notice.cause === undefined
      ? `*${outcomeWords[notice.outcome]}.* ${escaped(notice.headline, 1_000)}`
      : `*Root cause* (${notice.confidence} confidence): ${escaped(notice.cause, 1_000)}`
  const actions = notice.actions.map((action) => `• ${escaped(action, 200)}`).join('\n')
  const title = `${notice.severity}: ${notice.resource} in ${notice.cluster}`
  return {
    text: escaped(`${title}: ${notice.cause ?? notice.headline}`, 500),
    attachments: [
      {
        color: colours[notice.severity],
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } },
          {
            type: 'section',
            fields: [
              field(
                'Cluster',
                notice.environment === '' ? notice.cluster : `${notice.cluster} (${notice.environment})`,
              ),
              field('Namespace', notice.namespace === '' ? '-' : notice.namespace),
              field('Resource', notice.resource),
              field('Severity', notice.severity),
              field('Fault', `${notice.faultType}, seen ${notice.occurrences}×`),
              field('Outcome', outcomeWords[notice.outcome]),
            ],
          },
          { type: 'section', text: { type: 'mrkdwn', text: cause } },
          ...(actions === ''
            ? []
            : [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: `*Next:*\n${actions}` } }]),
          {
            type: 'actions',
            elements: [{ type: 'button', text: { type: 'plain_text', text: 'View report' }, url: notice.url }],
          },
          { type: 'context', elements: [{ type: 'mrkdwn', text: `Incident \`${escaped(notice.incidentId, 150)}\`` }] },
        ],
      },
    ],
  }
}

/** Slack's three control characters; mentions such as <!channel> become plain text by it. */
function escaped(text: string, most: number): string {
  const short = text.length <= most ? text : `${text.slice(0, most - 1)}…`
  return short.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
