import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ServerConfig } from '../../../../shared/mcp-server/server/server-config.ts'
import { clustersIn, filledIn, nskSource } from '../../../../shared/mcp-server/sources/nsk-source.ts'
import { runProgram } from '../../../../shared/mcp-server/sources/run-program.ts'
import { sourcedTargets } from '../../../../shared/mcp-server/sources/sourced-targets.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { startRancher } from '../../../fakes/rancher.ts'
import { node } from '../pods.ts'
import { caller, simulated } from '../setup.ts'

type Answers = { list?: string; kubeconfigs?: Record<string, string>; hang?: boolean; fail?: string }
function nsk(answers: Answers, table: Record<string, unknown> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'nsk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'nsk')
  const script = join(import.meta.dirname, 'nsk-program.ts')
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} --no-warnings ${script} "$@"\n`)
  chmodSync(program, 0o755)
  const put = (next: Answers) => writeFileSync(join(folder, 'answers.json'), JSON.stringify(next))
  put(answers)
  const given = { nsk_path: program, config_dir: folder, profile: 'npe', rancher_token: 'token-abc:hunter2', ...table }
  const config = ServerConfig.parse({ nsk: given }).nsk
  if (config === undefined) throw new Error('no nsk')
  const environment = { PATH: process.env.PATH, HOME: folder, AZURE_CLIENT_SECRET: 'ours' }
  const targets = sourcedTargets([nskSource(config, environment, systemClock)], { readyMs: 10_000 })
  onTestFinished(targets.close)
  const Asked = (): { args: string[]; env: Record<string, string> }[] =>
    readFileSync(join(folder, 'asked.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return { targets, put, asked: Asked, folder }
}

test('clusters of nsk: listed with a fixed command, their kubeconfig got with the first call, nothing else told to it', async () => {
  const { simulator } = await simulated({ objects: [node] })
  const list = JSON.stringify({
    clusters: [
      { name: 'c1-sv5', id: 'c-1', state: 'active' },
      { name: '$(reboot)' },
      { name: '--all' },
      { name: '../x' },
    ],
  })
  const { targets, asked, folder } = nsk({ list, kubeconfigs: { 'c1-sv5': simulator.kubeconfig } })
  const { call } = await caller({ targets })
  expect((await call('resources_list', { cluster: 'c1-sv5', apiVersion: 'v1', kind: 'Node' })).isError).toBe(false)
  expect(targets.list().map(({ name }) => name)).toEqual(['c1-sv5'])
  expect(asked().map(({ args }) => args)).toEqual([
    ['cluster', 'list', '--output=json', `--confdir=${folder}`, '--profile=npe'],
    ['cluster', 'kubeconfig', '--name=c1-sv5', `--confdir=${folder}`, '--profile=npe', '--stdout'],
  ])
  const { env } = asked()[0]!
  expect(env).toMatchObject({ RANCHER_TOKEN: 'token-abc:hunter2', NSK_PROFILE: 'npe', NSK_CONFDIR: folder })
  expect(env).not.toHaveProperty('AZURE_CLIENT_SECRET')
  const { text } = await call('nsk_clusters_discover')
  expect(text).toContain('$(reboot)  left out: its id is none that can stand in an address or a command')
})

test('nsk_refresh asks again when told to, nsk_clusters_discover by pattern, and both say what is new', async () => {
  const { targets, put, asked } = nsk({ list: 'a-1\na-2\n' })
  const { call } = await caller({ targets })
  const { text: status } = await call('nsk_status')
  expect(status).toContain('2 clusters, 0 left out')
  expect(status).toMatch(/^Clusters are reached by the program \S+\/nsk\.$/m)
  put({ list: 'a-1\na-2\nb-3\n' })
  expect((await call('nsk_refresh')).text).toContain('Not asked again')
  expect((await call('nsk_refresh', { force: true })).text).toContain('b-3')
  const before = asked().length
  const { text } = await call('nsk_clusters_discover', { pattern: '^b-' })
  expect(asked().length).toBe(before + 1)
  expect(text).toContain('b-3')
  expect(text).not.toContain('a-1')
  expect((await call('nsk_clusters_discover', { pattern: '(' })).isError).toBe(true)
  // Takes no longer than any other pattern, where a backtracking engine would be lost.
  expect((await call('nsk_clusters_discover', { pattern: '(a*)*(a*)*(a*)*$' })).isError).toBe(false)
})

test('a program that fails is told in its last words, without its token, and its clusters stay', async () => {
  const { targets, put } = nsk({ list: '["a"]' })
  const { call } = await caller({ targets, redact: { object: (o) => o, text: (t) => t } })
  await call('clusters_list')
  put({ fail: 'login with token-abc:hunter2 failed' })
  const { text } = await call('nsk_refresh', { force: true })
  expect(text).toMatch(/nsk cluster list: it ended with 3: login with ‹redacted:token› failed/)
  expect((await call('clusters_list')).text).toContain('a')
})

test('a program that does not end is killed with what it has started', async () => {
  const began = performance.now()
  const args = ['-c', 'sleep 300 & echo $!; wait']
  const environment = { PATH: process.env.PATH ?? '' }
  await expect(runProgram({ program: 'sh', args, environment, timeoutMs: 300 })).rejects.toThrow('no end within 0.3 s')
  expect(performance.now() - began).toBeLessThan(3_000)
  // One that leaves a child behind which holds its output is not waited for either.
  const left = await runProgram({ program: 'sh', args: ['-c', 'sleep 300 & echo $!'], environment, timeoutMs: 5_000 })
  expect(performance.now() - began).toBeLessThan(4_500)
  await expect.poll(() => alive(Number(left))).toBe(false)
  await expect(runProgram({ program: '/nowhere/nsk', args: [], environment, timeoutMs: 300 })).rejects.toThrow('ENOENT')
  const flood = runProgram({ program: 'sh', args: ['-c', 'yes'], environment, timeoutMs: 5_000 })
  await expect(flood).rejects.toThrow('over 2 MiB')
})
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

test.each([
  ['{"clusters": [{"name": "a", "state": "active"}]}', [{ name: 'a', state: 'active' }]],
  [
    '[{"name": "a"}, "b"]',
    [
      { name: 'a', state: '' },
      { name: 'b', state: '' },
    ],
  ],
  [
    'a\n\n  b \na',
    [
      { name: 'a', state: '' },
      { name: 'b', state: '' },
    ],
  ],
  ['', []],
])('its list may be %s', (output, clusters) => {
  expect(clustersIn(output, 'nsk')).toEqual(clusters)
})
test('a list of another form is one sentence', () => {
  for (const text of [
    '<html><body>Sign in</body></html>',
    'error: not logged in',
    '\u001b[31mfatal: no profile\u001b[0m',
  ])
    expect(() => clustersIn(text, 'nsk')).toThrow('its list of clusters is not understood')
  expect(() => clustersIn('{"items": 3}', 'nsk')).toThrow('its list of clusters is not understood')
})
test('what is filled in stays one argument, and one without its value is left out', () => {
  const values = { name: 'a b; rm -rf /', profile: undefined, config_dir: '/x' }
  expect(filledIn(['--name={name}', '--profile={profile}', '{config_dir}/{name}', 'plain'], values)).toEqual([
    '--name=a b; rm -rf /',
    '/x/a b; rm -rf /',
    'plain',
  ])
})

test('where there is no such program, its Rancher is asked directly under the same tools', async () => {
  const rancher = await startRancher({ clusters: [{ id: 'c-1', name: 'direct' }] })
  onTestFinished(rancher.stop)
  const table = { nsk_path: 'no-such-nsk', rancher_url: rancher.url, rancher_token: rancher.state.token }
  const { targets } = nsk({}, table)
  const { call, client } = await caller({ targets })
  expect((await call('nsk_clusters_discover', { pattern: '^dir' })).text).toContain('direct')
  const tools = (await client.listTools()).tools.map(({ name }) => name)
  expect(tools).toContain('nsk_status')
  // Nobody has set up a Rancher by that name.
  expect(tools).not.toContain('rancher_status')
})
