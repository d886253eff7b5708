/** Azurite looks at audience, issuer and times of a token, and at no signature. */
export function storageToken(): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    aud: 'https://storage.azure.com',
    iss: 'https://sts.windows-ppe.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/',
    oid: '22222222-0000-0000-0000-000000000001',
    tid: 'ab1f708d-50f6-404c-a006-d71b2ac7a606',
    iat: now - 60,
    nbf: now - 60,
    exp: now + 3600,
  }
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.none`
}
