import { type Answers, anything, HTML, LOGIN, saysNo } from '../answers.ts'

export const webhookAnswers: Answers = {
  name: 'webhook',
  provenByStatus: true,
  rules: [
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
