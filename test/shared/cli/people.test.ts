import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { program } from '../../../shared/cli/program.ts'
import { version } from '../../../shared/runtime/version.ts'
import { fullReport } from '../report/full-report.ts'
import { incident } from '../report/sample.ts'
import { startApp } from './app.ts'

const folder = mkdtempSync(join(tmpdir(), 'nightcrier-people-'))
afterAll(() => rmSync(folder, { recursive: true }))
const done = incident({ status: 'reported', outcome: 'cause', reportedAt: '2026-01-12T09:41:08.000Z' })
const { incidentId } = done
let app: Awaited<ReturnType<typeof startApp>>
beforeEach(async () => {
  app = await startApp([done])
  app.also.set(`/api/incidents/${incidentId}/report`, fullReport())
  app.also.set('/api/health/clusters', {
    clusters: [],
    summary: { total: 3, active: 2, unhealthy: 0, triage_enabled: 3 },
  })
})
afterEach(() => app.stop())

type Given = { environment?: Record<string, string>; folder?: string; piped?: string; looks?: number; tty?: boolean }
async function run(args: readonly string[], given: Given = {}) {
  let [out, error] = ['', '']
  const stop = new AbortController()
  let looks = 0
  const code = await program(
    {
      out: { write: (text) => (out += text), isTTY: given.tty === true, columns: 100 },
      error: { write: (text) => (error += text) },
      environment: given.environment ?? { NIGHTCRIER_URL: app.url, NIGHTCRIER_KEY: 'secret' },
      clock: {
        now: () => new Date(Date.parse('2026-01-12T09:41:30Z') + looks * 3_000),
        sleep: async () => {
          looks += 1
          if (looks >= (given.looks ?? 1)) stop.abort()
        },
      },
      signal: stop.signal,
      serve: async () => 1,
      scenarioRunner: 'none',
      folder: given.folder ?? folder,
      piped: async () => given.piped ?? '',
    },
    args,
  )
  return { out, error, code }
}

test('the version is told', async () => {
  expect(await run(['--version'])).toMatchObject({ out: `${version}\n`, code: 0 })
})

test('a report is text, and Markdown in which no word of a cluster formats', async () => {
  const text = (await run(['report', 'last'])).out
  for (const part of ['web 1/3 ready: ', 'What to do', 'changes state', 'Timeline', 'What could not be seen'])
    expect(text).toContain(part)
  app.also.set(
    `/api/incidents/${incidentId}/report`,
    fullReport({ headline: '**web** [x](https://evil.example) @channel' }),
  )
  const markdown = (await run(['report', incidentId, '--markdown'])).out
  expect(markdown).toContain('# \\*\\*web\\*\\* \\[x\\](https:/\u200b/evil.example) @\u200bchannel')
  expect(markdown).toContain('## Cause')
  expect(JSON.parse((await run(['--json', 'report', 'last'])).out).outcome).toBe('cause')
})

test('what is shown of an incident has its cause in words, the steps and their commands', async () => {
  const { out } = await run(['show', 'last'])
  expect(out).toContain('The container command /bin/srvr does not exist in the image. (BadCommand, high confidence)')
  expect(out).toMatch(/1\. See which command .* \(read-only\)\n {3}kubectl -n shop rollout history/)
})

test('a report that is not there is told, as JSON where JSON is wanted, with its exit code', async () => {
  await app.store.insert(incident({ incidentId: 'west.0123456789abcdef.1', cluster: 'west', status: 'queued' }))
  const { error, code } = await run(['-o', 'json', 'report', 'west.0123456789abcdef.1'])
  expect(JSON.parse(error)).toEqual({ error: 'west.0123456789abcdef.1 has no report yet: it is queued.' })
  expect(code).toBe(1)
  expect((await run(['report'])).code).toBe(2)
  for (const args of [
    ['--json', 'report'],
    ['-o', 'json', 'nothing'],
    ['incidents', '--json', '--limit', '0'],
  ]) {
    const wrong = await run(args)
    expect(wrong.code).toBe(2)
    expect(JSON.parse(wrong.error).error).toBeTruthy()
  }
})

test('answers are YAML or wide where they are wanted so, before or after the command', async () => {
  const [document] = parseAllDocuments((await run(['incidents', '-o', 'yaml'])).out)
  expect(document?.toJS()).toMatchObject({ incidents: [{ incidentId }] })
  expect((await run(['-o', 'wide', 'incidents'])).out).toContain('FAULT')
  expect((await run(['incidents', '-o', 'xml'])).code).toBe(2)
})

test('what is watched is told once, and again when it changed', async () => {
  const { out } = await run(['incidents', '--watch'], { looks: 4 })
  expect(out.match(/STATE/g)).toHaveLength(1)
  expect((await run(['incidents', '-w'], { looks: 2, tty: true })).out).toContain('\u001b[2J')
})

test('the address of a page is printed where a program asks for it', async () => {
  expect(JSON.parse((await run(['--json', 'open', 'last'])).out).url).toBe(`https://blobs.example/${incidentId}?sig=x`)
})

test('feedback goes to the app', async () => {
  app.also.set(`/api/incidents/${incidentId}/feedback`, { entries: [{ answer: 'right' }] })
  expect((await run(['feedback', 'last', 'right', '--by', 'Ada'])).out).toContain('Thank you: right is kept')
  const posted = app.received.find(({ path }) => path.endsWith('/feedback'))
  expect(JSON.parse(posted!.body)).toEqual({ answer: 'right', by: 'Ada' })
})

test('login keeps what the app has taken, for nobody else to read, and for that address alone', async () => {
  const environment = { XDG_CONFIG_HOME: join(folder, 'config') }
  // Somebody kept it for all to read before.
  mkdirSync(join(folder, 'config', 'nightcrier'), { recursive: true })
  writeFileSync(join(folder, 'config', 'nightcrier', 'config.json'), '{"url":"http://old.example"}', { mode: 0o644 })
  const refused = await run(['--url', app.url, 'login'], { environment, piped: 'wrong' })
  expect(refused).toMatchObject({ code: 1 })
  const { out } = await run(['--url', app.url, 'login'], { environment, piped: 'secret\n' })
  expect(out).toContain('2 of 3 clusters are watched')
  const file = join(folder, 'config', 'nightcrier', 'config.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await run(['incidents'], { environment })).out).toContain(incidentId)
  const other = await startApp([])
  expect((await run(['--url', other.url, 'incidents'], { environment })).error).toContain('does not accept the key')
  expect(other.received.map(({ headers }) => headers['x-functions-key'])).toEqual([undefined])
  await other.stop()
  expect((await run(['logout'], { environment })).code).toBe(0)
  expect(() => readFileSync(file)).toThrow()
})

test('a run on this machine is found from any folder of the clone, before what login kept', async () => {
  const clone = join(folder, 'clone')
  mkdirSync(join(clone, '.nightcrier'), { recursive: true })
  mkdirSync(join(clone, 'docs'))
  writeFileSync(join(clone, '.nightcrier', 'local.json'), JSON.stringify({ url: app.url, key: 'secret' }))
  const environment = { XDG_CONFIG_HOME: join(folder, 'none') }
  expect((await run(['incidents'], { environment, folder: join(clone, 'docs') })).out).toContain(incidentId)
  writeFileSync(join(clone, '.nightcrier', 'local.json'), 'no JSON')
  expect((await run(['incidents'], { environment, folder: clone })).error).toContain('npm start writes it anew')
})

test('a folder sends no key to an address that is not of this machine, nor one that names no address', async () => {
  const strange = join(folder, 'strange')
  mkdirSync(join(strange, '.nightcrier'), { recursive: true })
  const kept = (url: string) => writeFileSync(join(strange, '.nightcrier', 'local.json'), JSON.stringify({ url }))
  const environment = { XDG_CONFIG_HOME: join(folder, 'none'), NIGHTCRIER_KEY: 'secret' }
  kept(app.url)
  expect((await run(['incidents'], { environment, folder: strange })).code).toBe(1)
  expect(app.received).toEqual([])
  for (const url of ['https://evil.example', 'http://127.0.0.1.evil.example', 'file:///etc/passwd']) {
    kept(url)
    const { error } = await run(['incidents'], {
      environment: { XDG_CONFIG_HOME: environment.XDG_CONFIG_HOME },
      folder: strange,
    })
    expect(error).toContain('127.0.0.1:7071')
  }
})

test('a login file that is damaged stands in the way of nothing that asks no app, and of no new login', async () => {
  const environment = { XDG_CONFIG_HOME: join(folder, 'damaged') }
  const file = join(folder, 'damaged', 'nightcrier', 'config.json')
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, 'half of')
  expect((await run(['incidents'], { environment })).error).toContain('Run nightcrier login again, or remove it.')
  expect((await run(['completion', 'bash'], { environment })).code).toBe(0)
  expect((await run(['-o', 'yaml', 'completion', 'bash'], { environment })).out).toContain('COMPREPLY')
  expect((await run(['check-config', join(folder, 'no.yaml')], { environment })).error).not.toContain('login')
  expect((await run(['--url', app.url, 'login'], { environment, piped: 'secret' })).code).toBe(0)
  writeFileSync(file, 'half of')
  expect((await run(['logout'], { environment })).code).toBe(0)
})

test('stopped while it watches it ends as a command that was stopped, and its form holds', async () => {
  const { out, code } = await run(['incidents', '--watch', '-o', 'yaml'], { looks: 3 })
  expect(code).toBe(130)
  expect(parseAllDocuments(out)[0]?.toJS()).toMatchObject({ incidents: [{ incidentId }] })
})

test('of an incident exactly its object is muted', async () => {
  const both = await run(['mute', 'last', '--namespace', 'shop', '--reason', 'x'])
  expect(both).toMatchObject({ code: 1, error: expect.stringContaining('Leave out the id, or --namespace') })
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: '*', uid: 'u9' }
  const star = incident({ incidentId: 'west.0123456789abcdef.1', cluster: 'west', resource: pod, owner: pod })
  await app.store.insert(star)
  const refused = await run(['mute', star.incidentId, '--reason', 'x'])
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('taken for a pattern') })
  expect(app.received.filter(({ path }) => path.startsWith('/api/mutes'))).toEqual([])
})

test('bash completes commands and their options', async () => {
  const script = (await run(['completion', 'bash'])).out
  const complete = (words: readonly string[]) =>
    execFileSync('bash', [
      '-c',
      `${script}\nCOMP_WORDS=(${words.map((one) => `'${one}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_nightcrier\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
    ])
      .toString()
      .trim()
      .split('\n')
  expect(complete(['nightcrier', 'inc'])).toEqual(['incidents'])
  expect(complete(['nightcrier', '--url', 'https://x.example', 'incidents', '--se'])).toEqual(['--severity'])
  expect((await run(['completion', 'zsh'])).out).toContain('bashcompinit')
  expect((await run(['completion', 'fish'])).out).toContain('complete -c nightcrier -n __fish_use_subcommand -a report')
  expect(await run(['completion', 'tcsh'])).toMatchObject({ code: 1 })
})
