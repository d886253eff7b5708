import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { expect, onTestFinished, test } from 'vitest'
import { safetyOf } from '../../../shared/mcp-server/safety/safety-flags.ts'
import { simulated } from './setup.ts'
import { textOf } from './upstream.ts'

const main = join(import.meta.dirname, '../../../shared/mcp-server/main.ts')
const files: Record<string, string> = {
  'rails.yaml': '- clusters: [prod-*]\n  namespaces: [shop]\n- labels: { env: test }\n  verbs: [list]\n',
  'typo.yaml': '- cluster: prod\n  namespaces: [shop]\n',
  'verb.yaml': '- verbs: [destroy]\n',
  'broken.yaml': '- [',
  key: 'a key of more than sixteen characters\n',
  short: 'short\n',
}
const read = (path: string) => files[path] ?? ''

test('what is said on the command line becomes rails, a choice of tools, an identity provider and a key', () => {
  expect(
    safetyOf(
      {
        toolsets: ['core,metrics', 'clusters'],
        denyTools: ['pods_log'],
        guardRails: 'rails.yaml',
        oidcIssuer: 'https://login.example',
        oidcAudience: 'api://x',
        cursorKeyFile: 'key',
      },
      read,
    ),
  ).toEqual({
    choice: { toolsets: ['core', 'metrics', 'clusters'], denyTools: ['pods_log'] },
    rails: [
      { clusters: ['prod-*'], namespaces: ['shop'] },
      { labels: { env: 'test' }, verbs: ['list'] },
    ],
    identity: { issuer: 'https://login.example', audience: 'api://x' },
    cursorKey: 'a key of more than sixteen characters',
  })
  expect(safetyOf({}, read)).toEqual({ choice: {}, rails: [] })
})

test.each([
  [{ guardRails: 'typo.yaml' }, 'typo.yaml holds no guard rails'],
  [{ guardRails: 'verb.yaml' }, 'verb.yaml holds no guard rails'],
  [{ guardRails: 'broken.yaml' }, 'broken.yaml is not YAML'],
  [{ guardRails: 'empty.yaml' }, 'empty.yaml holds no guard rails'],
  [{ oidcIssuer: 'https://login.example' }, 'need both --oidc-issuer and --oidc-audience'],
  [{ oidcScope: 'x' }, 'need both --oidc-issuer and --oidc-audience'],
  [{ cursorKeyFile: 'short' }, 'short: a cursor key needs at least 16 characters'],
])('what is meant to protect and is not whole stops the start: %j', (flags, sentence) => {
  expect(() => safetyOf(flags, read)).toThrow(sentence)
})

test('the program heeds them: rails hold, other tools are not there, and a name that nothing has ends it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-flags-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { simulator } = await simulated({
    objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }],
  })
  const [kubeconfig, rails] = [join(folder, 'config'), join(folder, 'rails.yaml')]
  writeFileSync(kubeconfig, simulator.kubeconfig)
  writeFileSync(rails, '- namespaces: [shop]\n')
  const args = [main, '--kubeconfig', kubeconfig, '--guard-rails', rails, '--toolsets', 'core']
  const client = new Client({ name: 'test', version: '0' })
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  onTestFinished(() => client.close())
  const names = (await client.listTools()).tools.map(({ name }) => name)
  expect([names.includes('pods_list'), names.includes('clusters_list')]).toEqual([true, false])
  expect((await textOf(client, 'pods_list')).text).toContain('guard rails')
  expect((await textOf(client, 'pods_list_in_namespace', { namespace: 'shop' })).isError).toBe(false)

  const wrong = spawn(process.execPath, [main, '--kubeconfig', kubeconfig, '--deny-tools', 'pods_lgo'])
  onTestFinished(() => {
    wrong.kill('SIGKILL')
  })
  let said = ''
  wrong.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(wrong, 'exit')
  expect([code, said]).toEqual([1, expect.stringContaining('There is no tool "pods_lgo". Known: clusters_list')])
})
