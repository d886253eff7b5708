import type { Whose } from '../refusal.ts'
import { slackErrors } from './slack/slack-errors.ts'

/** What came back. `cut`: the body ended before its end. */
export type Answer = {
  readonly status: number
  readonly body: string
  readonly cut: boolean
  /** An earlier post of the same may have arrived. */
  readonly again?: boolean
}
export type Verdict = 'sent' | 'unsure' | Whose
export type Rule = {
  /** `404`, `2xx`, or `any`. */
  readonly code: string
  /** What the body must be like; absent: whatever it is. */
  readonly body?: RegExp
  /** How the table of the docs calls that. */
  readonly says: string
  readonly verdict: Verdict
  /** Only of a second post, whose first may have arrived. */
  readonly onlyAgain?: true
  /** What is told of it, before the receiver's own words. */
  readonly words: string
}
export type Channel = 'slack' | 'slack bot' | 'teams' | 'pagerduty' | 'mattermost' | 'google chat' | 'webhook'

const HTML = /^\s*(<!doctype html|<html|<head|<body)/i
const LOGIN = /(type=["']?password|<form|\b(sign|log)[ -]?(in|on)\b|captive)/i
const page: Rule = {
  code: '2xx',
  body: HTML,
  says: 'a page (HTML)',
  verdict: 'place',
  words: 'a page answered, not the receiver: a proxy, a login or a wrong address is in between',
}
const anything = 'anything else'
/** At the top of an object, before anything nested: deeper down it may tell of something else. */
const saysNo: Rule = {
  code: '2xx',
  body: /^\s*\{[^{}[\]]*"(ok|success|accepted)"\s*:\s*false\b|^\s*\{[^{}[\]]*"(status|result)"\s*:\s*"(error|fail|failed|failure|rejected)"/i,
  says: '`"ok": false`, `"success": false`, `"status": "error"`, …',
  verdict: 'message',
  words: 'it says by itself that it did not take it',
}

/** The first that fits decides. */
export const channelRules: Readonly<Record<Channel, readonly Rule[]>> = {
  slack: [
    page,
    { code: '200', body: /^\s*ok\s*$/i, says: '`ok`', verdict: 'sent', words: '' },
    {
      code: '400',
      body: /^(no_team|no_active_hooks|invalid_token|user_not_found|channel_not_found)/,
      says: '`no_team`, `no_active_hooks`, `invalid_token`, …',
      verdict: 'place',
      words: 'the webhook is not in use any more',
    },
    { code: '2xx', says: anything, verdict: 'place', words: 'it did not say "ok", as Slack does' },
  ],
  'slack bot': [
    page,
    { code: '200', body: /^\s*\{.*"ok"\s*:\s*true/s, says: '`"ok": true`', verdict: 'sent', words: '' },
    ...slackErrors.map(
      ({ codes, verdict, words }): Rule => ({
        code: '200',
        body: new RegExp(`"error"\\s*:\\s*"(${codes.join('|')})"`),
        says: codes.map((code) => `\`${code}\``).join(', '),
        verdict,
        words,
      }),
    ),
    { code: '200', body: /"ok"\s*:\s*false/, says: 'any other `error`', verdict: 'message', words: 'Slack said no' },
    { code: '2xx', says: anything, verdict: 'place', words: 'it does not answer as Slack does' },
  ],
  teams: [
    page,
    {
      code: '2xx',
      body: /HTTP error 429|throttl|rate.?limit/i,
      says: 'delivery failed with HTTP error 429',
      verdict: 'pace',
      words: 'Teams asks for time',
    },
    {
      code: '2xx',
      body: /HTTP error 5\d\d/i,
      says: 'delivery failed with HTTP error 5xx',
      verdict: 'away',
      words: 'the workflow could not deliver it',
    },
    {
      code: '2xx',
      body: /deliver\w* failed|HTTP error 4\d\d|"error"\s*:|"status(_?code)?"\s*:\s*"?[45]\d\d\b/i,
      says: 'delivery failed, `"error":`, or a `"statusCode":` from 400',
      verdict: 'message',
      words: 'the workflow did not deliver it',
    },
    { ...saysNo, words: 'the workflow says that it did not take it' },
    { code: '2xx', says: 'no error text', verdict: 'sent', words: '' },
    {
      code: '400',
      body: /WorkflowNotFound|TriggerNotFound|WorkflowTriggerIsNotEnabled|DirectApi|InvalidSignature|workflow.*(disabled|not found)/i,
      says: '`WorkflowNotFound`, `WorkflowTriggerIsNotEnabled`, `DirectApi…`',
      verdict: 'place',
      words: 'the workflow is gone, switched off or not reached by this address',
    },
  ],
  pagerduty: [
    page,
    { code: '202', body: /"status"\s*:\s*"success"/, says: '`"status": "success"`', verdict: 'sent', words: '' },
    {
      code: '400',
      body: /routing_key/,
      says: 'names `routing_key`',
      verdict: 'place',
      words: 'the key is none of an Events API v2 integration (32 characters) of this service region',
    },
    {
      code: '2xx',
      says: anything,
      verdict: 'place',
      words: 'it did not say "status": "success", as PagerDuty does',
    },
  ],
  mattermost: [
    page,
    { code: '200', body: /^\s*ok\s*$/i, says: '`ok`', verdict: 'sent', words: '' },
    {
      code: '400',
      body: /web_?hook.*(disabled|app_error)|channel.*(app_error|archived)/i,
      says: 'the webhook or its channel is gone',
      verdict: 'place',
      words: 'the webhook or its channel is not in use any more',
    },
    { code: '2xx', says: anything, verdict: 'place', words: 'it did not say "ok", as Mattermost does' },
  ],
  'google chat': [
    page,
    { code: '200', body: /"name"\s*:\s*"spaces\//, says: '`"name": "spaces/…"`', verdict: 'sent', words: '' },
    {
      code: '400',
      body: /API[_ ]key|invalid (argument )?token|webhook/i,
      says: 'speaks of the key, token or webhook',
      verdict: 'place',
      words: 'the key or token of the webhook is not good',
    },
    { code: '2xx', says: anything, verdict: 'place', words: 'it does not answer as Google Chat does' },
  ],
  webhook: [
    {
      code: '2xx',
      body: new RegExp(`(?=[^]*${HTML.source})[^]*${LOGIN.source}`, 'i'),
      says: 'a login page (HTML)',
      verdict: 'place',
      words: 'a login page answered, not the receiver',
    },
    saysNo,
    {
      code: '409',
      onlyAgain: true,
      says: 'to a second post, when no answer came to the first',
      verdict: 'sent',
      words: 'it has it already',
    },
    { code: '2xx', says: anything, verdict: 'sent', words: '' },
  ],
}

/** For every channel, after its own. */
export const commonRules: readonly Rule[] = [
  { code: '3xx', says: '', verdict: 'place', words: 'it leads elsewhere (not followed: the address may hold a key)' },
  { code: '401', says: '', verdict: 'place', words: 'the key or address is refused' },
  { code: '402', says: '', verdict: 'place', words: 'the account does not pay for it' },
  { code: '403', says: '', verdict: 'place', words: 'it may not be used so' },
  { code: '404', says: '', verdict: 'place', words: 'there is no such place' },
  { code: '405', says: '', verdict: 'place', words: 'what is there takes no notices' },
  { code: '407', says: '', verdict: 'place', words: 'a proxy in between wants a login' },
  { code: '410', says: '', verdict: 'place', words: 'the place is gone for good' },
  { code: '408', says: '', verdict: 'unsure', words: 'it waited in vain for the rest' },
  { code: '425', says: '', verdict: 'away', words: 'it takes nothing yet' },
  { code: '429', says: '', verdict: 'pace', words: 'it asks for time' },
  { code: '4xx', says: '', verdict: 'message', words: 'it does not take this notice' },
  { code: '502', says: '', verdict: 'unsure', words: 'somebody in between got no answer' },
  { code: '504', says: '', verdict: 'unsure', words: 'somebody in between got no answer in time' },
  { code: '520', says: '', verdict: 'unsure', words: 'somebody in between got no answer that makes sense' },
  { code: '524', says: '', verdict: 'unsure', words: 'somebody in between got no answer in time' },
  { code: '5xx', says: '', verdict: 'away', words: 'it does not work now' },
  { code: 'any', says: '', verdict: 'place', words: 'it does not answer as a receiver does' },
]

/** What an answer proves. A body that was cut proves nothing where the body is the proof. */
export function judge(channel: Channel, answer: Answer): Pick<Rule, 'verdict' | 'words'> {
  const good = answer.status >= 200 && answer.status < 300
  if (answer.cut && good && channel !== 'webhook')
    return { verdict: 'unsure', words: 'its answer was cut off before it said whether it has it' }
  const rules = [...channelRules[channel], ...commonRules]
  const found = rules.find(
    ({ code, body, onlyAgain = false }) =>
      isCode(code, answer.status) && (body?.test(answer.body) ?? true) && (answer.again === true || !onlyAgain),
  )
  return found ?? { verdict: 'place', words: 'it does not answer as a receiver does' }
}

const isCode = (code: string, status: number): boolean =>
  code === 'any' || code === String(status) || (code.endsWith('xx') && code[0] === String(status)[0])
