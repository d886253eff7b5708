import { type Answers, anything, page, type Rule } from '../answers.ts'
import { slackErrors } from './slack-errors.ts'

export const slackWebhookAnswers: Answers = {
  name: 'Slack, webhook',
  rules: [
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
}

export const slackBotAnswers: Answers = {
  name: 'Slack, bot',
  rules: [
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
}
