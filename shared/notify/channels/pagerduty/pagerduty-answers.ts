import { type Answers, anything, page } from '../answers.ts'

export const pagerDutyAnswers: Answers = {
  name: 'PagerDuty',
  rules: [
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
}
