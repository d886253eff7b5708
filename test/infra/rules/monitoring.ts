import { z } from 'zod'
import { ofType, type Rule } from '../snapshot.ts'

// What Microsoft.Insights refuses though its types allow it.
const QueryRule = z.looseObject({
  windowSize: z.string(),
  evaluationFrequency: z.string(),
  autoMitigate: z.boolean().optional(),
  muteActionsDuration: z.string().optional(),
  skipQueryValidation: z.boolean().optional(),
  criteria: z.looseObject({ allOf: z.array(z.looseObject({ query: z.string() })) }),
})
const windows = [
  'PT5M',
  'PT10M',
  'PT15M',
  'PT30M',
  'PT45M',
  'PT1H',
  'PT2H',
  'PT3H',
  'PT4H',
  'PT5H',
  'PT6H',
  'P1D',
  'P2D',
]
const tables = ['requests', 'traces', 'dependencies', 'exceptions', '_LogOperation']

export const alertsAreTaken: Rule = (resources) => [
  ...ofType(resources, 'Microsoft.Insights/scheduledQueryRules').flatMap(({ name, properties }) => {
    const rule = QueryRule.parse(properties)
    return [
      ...(windows.includes(rule.windowSize) ? [] : [`${name}: no window of ${rule.windowSize}`]),
      ...(windows.includes(rule.evaluationFrequency) ? [] : [`${name}: not every ${rule.evaluationFrequency}`]),
      ...(windows.indexOf(rule.evaluationFrequency) <= windows.indexOf(rule.windowSize) ? [] : [`${name} leaves gaps`]),
      ...(rule.autoMitigate === true && rule.muteActionsDuration !== undefined ? [`${name}: mutes what it ends`] : []),
      ...rule.criteria.allOf.flatMap(({ query }) =>
        rule.skipQueryValidation === true && tables.includes(query.split('\n')[0] ?? '') ? [] : [`${name}: ${query}`],
      ),
    ]
  }),
  ...ofType(resources, 'Microsoft.Insights/actionGroups').flatMap(({ properties }) => {
    const { groupShortName, emailReceivers = [] } = z
      .looseObject({
        groupShortName: z.string(),
        emailReceivers: z.array(z.looseObject({ emailAddress: z.string() })).optional(),
      })
      .parse(properties)
    return [
      ...(groupShortName.length <= 12 ? [] : [`${groupShortName} has over 12 letters`]),
      ...(emailReceivers.every(({ emailAddress }) => /.@./.test(emailAddress)) ? [] : ['an address of nobody']),
    ]
  }),
  ...ofType(resources, 'Microsoft.Insights/webtests').flatMap(({ name, tags = {} }) =>
    Object.keys(tags).some((tag) => tag.startsWith('hidden-link:/subscriptions/')) ? [] : [`${name} has no component`],
  ),
]

const Budget = z.looseObject({
  timePeriod: z.looseObject({ startDate: z.string() }),
  notifications: z.record(
    z.string(),
    z.looseObject({ contactEmails: z.array(z.string()), contactGroups: z.array(z.string()).default([]) }),
  ),
})
export const budgetsStay: Rule = (resources) =>
  ofType(resources, 'Microsoft.Consumption/budgets').flatMap(({ properties }) => {
    const { timePeriod, notifications } = Budget.parse(properties)
    return [
      ...(/^\d{4}-\d\d-01$/.test(timePeriod.startDate) ? [] : [`a budget cannot begin at ${timePeriod.startDate}`]),
      ...Object.entries(notifications).flatMap(([name, { contactEmails, contactGroups }]) =>
        contactEmails.length > 0 || contactGroups.some((id) => id.startsWith('/subscriptions/'))
          ? []
          : [`${name} tells nobody`],
      ),
    ]
  })
