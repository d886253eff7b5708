import { type Answers, anything, page } from '../answers.ts'

export const googleChatAnswers: Answers = {
  name: 'Google Chat',
  rules: [
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
}
