import { expect, test } from 'vitest'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'

const redactor = createRedactor({ key: 'a key of these lines' })
/** Made up, and so put together here: whoever looks for secrets in sources finds none. */
const made = ['Wq7', 'Zt2', 'Lm9', 'Xc4', 'Vb8', 'Nd3'].join('')
const hex = '4e0b8f1d'.repeat(8)
const serial = ['GD8B4', 'W2874', 'GBH7T', '7MJGH', 'TH6YF'].join('-')

test.each([
  ['an unseal key', `Unseal Key 1: ${made}+Q0/e5`, `${made}+Q0/e5`],
  ['the key of uploaded certificates', `[upload-certs] Using certificate key:\n${hex}`, hex],
  ['a license key', `activating Enterprise with license key ${serial} (seats: 50)`, serial],
  ['a login of npm', `//nexus.corp.example/npm/:_auth=${made}==`, made],
  ['a password in a list of arguments', `"Command":["redis-cli","-h","10.0.0.4","-a","${made}","ping"]`, made],
  ['a password that was refused', `AUTH ${made} failed with reason: -WRONGPASS invalid username-password pair`, made],
])('%s is hidden where a program prints it', (_what, line, secret) => {
  const out = redactor.text(line)
  expect(out).not.toContain(secret)
  expect(out).toContain('‹redacted:')
})

test.each([
  'unknown user admin password: swordfish',
  'config required DB_PASSWORD: swordfish',
  'for container password: swordfish',
  'undefined password: swordfish',
])('a word that somebody chose is hidden, whatever stands before it: %s', (line) => {
  expect(redactor.text(line)).not.toContain('swordfish')
})

test.each([
  'missing env DATABASE_PASSWORD: NotPresent',
  'MountVolume.SetUp failed for volume "db-password" : secret "db-password" not found',
  'MountVolume.SetUp failed for volume "api-token" : configmap "api-token" not found',
  'MountVolume.SetUp failed for volume "tls-key" : references non-existent secret key: tls.key',
  'MountVolume.SetUp failed for volume "password" : object "shop"/"db-password" not registered',
])('the kubelet may say what it misses: %s', (line) => {
  expect(redactor.text(line)).toBe(line)
})
