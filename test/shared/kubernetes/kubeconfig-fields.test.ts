import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fieldRules } from '../../../shared/kubernetes/kubeconfig-fields.ts'

/** The JSON names in client-go's tools/clientcmd/api/v1/types.go (v0.34.0), by type. */
const known = {
  file: 'preferences clusters users contexts current-context extensions',
  cluster:
    'server tls-server-name insecure-skip-tls-verify certificate-authority certificate-authority-data proxy-url disable-compression extensions',
  user: 'client-certificate client-certificate-data client-key client-key-data token tokenFile as as-uid as-groups as-user-extra username password auth-provider exec extensions',
  context: 'cluster user namespace extensions',
  'auth-provider': 'name config',
  exec: 'command args env apiVersion installHint provideClusterInfo interactiveMode',
}

test('the table has a word on every field that client-go knows, once, and on no other', () => {
  const wanted = Object.entries(known).flatMap(([place, fields]) =>
    fields.split(' ').map((field) => `${place} ${field}`),
  )
  expect(fieldRules.map(({ place, field }) => `${place} ${field}`).toSorted()).toEqual(wanted.toSorted())
})

test('a field that is said to be honoured is read somewhere in this room', () => {
  const files = ['kubeconfig', 'kubeconfig-user', 'kubeconfig-text', 'credential', 'login-program', 'merged-kubeconfig']
  const code = files.map((file) => readFileSync(join('shared/kubernetes', `${file}.ts`), 'utf8')).join('\n')
  const unread = fieldRules.filter(({ does, field }) => does === 'honoured' && !new RegExp(`\\b${field}\\b`).test(code))
  expect(unread).toEqual([])
})
