import type { Whose } from '../refusal.ts'

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
/** What a receiver says, and what that proves. */
export type Answers = {
  readonly name: string
  /** The first that fits decides. */
  readonly rules: readonly Rule[]
  /** Its status alone is the proof: what its body says after that may be cut. */
  readonly provenByStatus?: boolean
}

export const HTML = /^\s*(<!doctype html|<html|<head|<body)/i
export const LOGIN = /(type=["']?password|<form|\b(sign|log)[ -]?(in|on)\b|captive)/i
export const page: Rule = {
  code: '2xx',
  body: HTML,
  says: 'a page (HTML)',
  verdict: 'place',
  words: 'a page answered, not the receiver: a proxy, a login or a wrong address is in between',
}
export const anything = 'anything else'
/** At the top of an object, before anything nested: deeper down it may tell of something else. */
export const saysNo: Rule = {
  code: '2xx',
  body: /^\s*\{[^{}[\]]*"(ok|success|accepted)"\s*:\s*false\b|^\s*\{[^{}[\]]*"(status|result)"\s*:\s*"(error|fail|failed|failure|rejected)"/i,
  says: '`"ok": false`, `"success": false`, `"status": "error"`, …',
  verdict: 'message',
  words: 'it says by itself that it did not take it',
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
export function judge(
  { rules: own, provenByStatus = false }: Answers,
  answer: Answer,
): Pick<Rule, 'verdict' | 'words'> {
  const good = answer.status >= 200 && answer.status < 300
  if (answer.cut && good && !provenByStatus)
    return { verdict: 'unsure', words: 'its answer was cut off before it said whether it has it' }
  const rules = [...own, ...commonRules]
  const found = rules.find(
    ({ code, body, onlyAgain = false }) =>
      isCode(code, answer.status) && (body?.test(answer.body) ?? true) && (answer.again === true || !onlyAgain),
  )
  return found ?? { verdict: 'place', words: 'it does not answer as a receiver does' }
}

const isCode = (code: string, status: number): boolean =>
  code === 'any' || code === String(status) || (code.endsWith('xx') && code[0] === String(status)[0])
