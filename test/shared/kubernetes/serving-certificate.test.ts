import { expect, test } from 'vitest'
import { servingCertificate } from '../../../shared/kubernetes/serving-certificate.ts'

const shown = { subject: 'O=test\nCN=api', issuer: 'CN=ca' }

test('a certificate is told with its end', () => {
  expect(servingCertificate({ ...shown, validTo: 'Jan 12 09:41:00 2027 GMT' })).toEqual({
    subject: 'O=test, CN=api',
    issuer: 'CN=ca',
    expires: '2027-01-12T09:41:00Z',
  })
})

test.each(['Bad time value', ''])('an end that cannot be read (%j) fails no connection', (validTo) => {
  expect(servingCertificate({ ...shown, validTo })).toBeUndefined()
})
