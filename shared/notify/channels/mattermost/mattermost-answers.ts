import { type Answers, anything, page } from '../answers.ts'

export const mattermostAnswers: Answers = {
  name: 'Mattermost',
  rules: [
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
}
