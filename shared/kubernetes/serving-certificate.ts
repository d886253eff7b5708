import type { X509Certificate } from 'node:crypto'
import type { ServingCertificate } from './cluster-api.ts'

/** `undefined` when its end cannot be read: a foreign certificate may hold any time, and it is looked at while a connection is made. */
export function servingCertificate(
  shown: Partial<Pick<X509Certificate, 'subject' | 'issuer'>> & Pick<X509Certificate, 'validTo'>,
): ServingCertificate | undefined {
  const expires = new Date(shown.validTo)
  if (Number.isNaN(expires.getTime())) return undefined
  const plain = (text: string) => text.replaceAll('\n', ', ').slice(0, 200)
  return {
    subject: plain(shown.subject ?? ''),
    issuer: plain(shown.issuer ?? ''),
    expires: `${expires.toISOString().slice(0, 19)}Z`,
  }
}
