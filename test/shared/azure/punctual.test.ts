import type { TokenCredential } from '@azure/identity'
import { expect, test } from 'vitest'
import { punctual } from '../../../shared/azure/punctual.ts'

const token = { token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }
const clock = { sleep: async () => {} }
/** As ManagedIdentityCredential: it does not heed its signal. */
const answering = (answers: readonly (() => Promise<typeof token>)[]) => {
  let asked = 0
  const credential: TokenCredential = {
    getToken: () => answers[Math.min(asked++, answers.length - 1)]!(),
  }
  return { credential, asked: () => asked }
}
const never = () => new Promise<typeof token>(() => {})
const refused = (statusCode: number) => () => Promise.reject(Object.assign(new Error('refused'), { statusCode }))
const given = async () => token

test('a swallowed request ends with the deadline of whoever waits for the token', async () => {
  const { credential } = answering([never])
  const began = Date.now()
  const asking = punctual(credential, clock).getToken('scope', { abortSignal: AbortSignal.timeout(200) })
  await expect(asking).rejects.toThrow('The identity endpoint gave no token in time')
  expect(Date.now() - began).toBeLessThan(3_000)
})

test('what passes is asked again: too many at once, its own trouble, a connection that broke', async () => {
  const broken = () => Promise.reject(new Error('read ECONNRESET'))
  const { credential, asked } = answering([refused(429), broken, given])
  expect(await punctual(credential, clock).getToken('scope')).toEqual(token)
  expect(asked()).toBe(3)
})

test('a refusal that stays is not asked three times', async () => {
  const { credential, asked } = answering([refused(400), given])
  await expect(punctual(credential, clock).getToken('scope')).rejects.toThrow('refused')
  expect(asked()).toBe(1)
})

test('a try that is swallowed is followed by another once the endpoint is well', { timeout: 30_000 }, async () => {
  const { credential, asked } = answering([never, given])
  expect(await punctual(credential, clock).getToken('scope')).toEqual(token)
  expect(asked()).toBe(2)
})
