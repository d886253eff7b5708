import { expect, test } from 'vitest'
import { principalIn } from '../../../shared/access/principal.ts'

const header = (said: unknown) => Buffer.from(JSON.stringify(said)).toString('base64')
const claim = (typ: string, val: string) => ({ typ, val })

test('names and groups are found by their short and their long names', () => {
  const short = { auth_typ: 'aad', claims: [claim('name', 'Ada'), claim('groups', 'g1'), claim('roles', 'Reader')] }
  expect(principalIn(header(short))).toEqual({ name: 'Ada', groups: ['g1', 'Reader'], isCut: false })
  const long = {
    auth_typ: 'aad',
    claims: [
      claim('http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'ada@example.com'),
      claim('http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', 'g1'),
      claim('_claim_names', '{"groups":"src1"}'),
    ],
  }
  expect(principalIn(header(long))).toEqual({ name: 'ada@example.com', groups: ['g1'], isCut: true })
})

test.each([
  null,
  '',
  'no base64 {',
  header('text'),
  header({ claims: [] }),
  header({ auth_typ: 'facebook', claims: [] }),
  header({ auth_typ: 'aad' }),
  'A'.repeat(70_000),
])('%j is nobody', (given) => {
  expect(principalIn(given)).toBeUndefined()
})
