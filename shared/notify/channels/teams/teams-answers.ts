import { type Answers, page, saysNo } from '../answers.ts'

export const teamsAnswers: Answers = {
  name: 'Teams',
  rules: [
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
}
