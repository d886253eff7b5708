import { type Channel, channelRules, commonRules, type Rule } from '../shared/notify/channels/answers.ts'

const names: Readonly<Record<Channel, string>> = {
  slack: 'Slack, webhook',
  'slack bot': 'Slack, bot',
  teams: 'Teams',
  pagerduty: 'PagerDuty',
  mattermost: 'Mattermost',
  'google chat': 'Google Chat',
  webhook: 'webhook',
}

/** The page with the table of answers between its marks: the first row that fits decides. */
export function withAnswerTable(page: string): string {
  const row =
    (who: string) =>
    ({ code, says, verdict, words }: Rule) =>
      `| ${who} | ${code} | ${says.replace(/\|/g, '\\|')} | ${verdict} | ${words} |`
  const channels: readonly Channel[] = [
    'slack',
    'slack bot',
    'teams',
    'pagerduty',
    'mattermost',
    'google chat',
    'webhook',
  ]
  const table = [
    '| place | code | body | verdict | words |',
    '|---|---|---|---|---|',
    ...channels.flatMap((channel) => channelRules[channel].map(row(names[channel]))),
    ...commonRules.map(row('every place')),
  ].join('\n')
  return page.replace(
    /(<!-- answers -->\n)[\s\S]*?(<!-- \/answers -->)/,
    (_, before, after) => `${before}${table}\n${after}`,
  )
}
