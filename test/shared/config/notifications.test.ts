import { expect, test } from 'vitest'
import { parseClusters } from '../../../shared/config/clusters-file.ts'
import { placeKinds } from '../../../shared/config/place-kinds.ts'

const cluster = 'clusters:\n  - { name: a, mcp: { endpoint: "https://a.example/mcp" } }\n'
const parse = (routes: string) => parseClusters(`${cluster}notifications:\n${routes}`)

test('routes are read with their defaults', () => {
  const { notifications, errors } = parse(`
  - match: { cluster: prod-*, labels: { tier: gold } }
    severity_threshold: critical
    quiet_hours: { from: "22:00", to: "07:00", timezone: Europe/Berlin, except: critical }
    to:
      - { slack: "keyvault:slack-bot", channel: C0123456 }
      - { webhook: "keyvault:hook", signing_key: "keyvault:hook-key" }
  - to: [ { pagerduty: "keyvault:pd" }, { teams: "file:teams.txt" } ]
`)
  expect(errors).toEqual([])
  expect(notifications).toEqual([
    {
      match: { cluster: ['prod-*'], labels: { tier: 'gold' } },
      severity_threshold: 'critical',
      quiet_hours: { from: '22:00', to: '07:00', timezone: 'Europe/Berlin', except: 'critical' },
      to: [
        { slack: 'keyvault:slack-bot', channel: 'C0123456' },
        { webhook: 'keyvault:hook', signing_key: 'keyvault:hook-key' },
      ],
    },
    { match: {}, severity_threshold: 'info', to: [{ pagerduty: 'keyvault:pd' }, { teams: 'file:teams.txt' }] },
  ])
})

test.each([
  ['- to: []', 'notifications[0].to: must be at least 1 entries long'],
  ['- {}', 'notifications[0].to: is required'],
  ['- { to: [ { slak: "keyvault:x" } ] }', 'notifications[0].to[0].slak: is not a known key. Did you mean slack?'],
  ['- { to: [ {} ] }', `notifications[0].to[0]: must have exactly one of ${placeKinds.join(', ')}`],
  [
    '- { to: [ { slack: "keyvault:x", teams: "keyvault:y" } ] }',
    `notifications[0].to[0]: must have exactly one of ${placeKinds.join(', ')}`,
  ],
  [
    '- { to: [ { slack: "https://hooks.slack.example/secret" } ] }',
    'notifications[0].to[0].slack: must be keyvault:<secret name> or file:<path>',
  ],
  ['- { to: [ { teams: "keyvault:x", channel: c } ] }', 'notifications[0].to[0].channel: belongs to slack only'],
  [
    '- { to: [ { slack: "keyvault:x", signing_key: "keyvault:y" } ] }',
    'notifications[0].to[0].signing_key: belongs to webhook only',
  ],
  [
    '- { severity_treshold: critical, to: [ { slack: "keyvault:x" } ] }',
    'notifications[0].severity_treshold: is not a known key. Did you mean severity_threshold?',
  ],
  [
    '- { severity_threshold: bad, to: [ { slack: "keyvault:x" } ] }',
    'notifications[0].severity_threshold: must be one of info, warning, critical',
  ],
  [
    '- { match: { clutser: a }, to: [ { slack: "keyvault:x" } ] }',
    'notifications[0].match.clutser: is not a known key. Did you mean cluster?',
  ],
  [
    '- { quiet_hours: { from: "25:00", to: "07:00" }, to: [ { slack: "keyvault:x" } ] }',
    'notifications[0].quiet_hours.from: must be a time such as "22:00", in quotes',
  ],
  [
    '- { quiet_hours: { from: 22:00, to: "07:00", timezone: Berlin }, to: [ { slack: "keyvault:x" } ] }',
    'notifications[0].quiet_hours.timezone: must be a time zone such as Europe/Berlin, or UTC',
  ],
])('%s: %s', (text, error) => {
  const parsed = parse(`  ${text}\n`)
  expect(parsed.errors).toContain(error)
  expect(parsed.errors.join()).not.toContain('hooks.slack.example')
  expect(parsed.notifications).toEqual([])
  expect(parsed.clusters).toHaveLength(1)
})

test('a wrong route takes no other with it', () => {
  const { notifications, errors } = parse('  - { to: [] }\n  - { to: [ { slack: "keyvault:x" } ] }\n')
  expect(errors).toHaveLength(1)
  expect(notifications).toHaveLength(1)
})

test('notifications that are no list are one error, and the clusters stay', () => {
  const { clusters, errors } = parseClusters(`${cluster}notifications: slack\n`)
  expect(errors).toEqual(['notifications: must be a list'])
  expect(clusters).toHaveLength(1)
})
