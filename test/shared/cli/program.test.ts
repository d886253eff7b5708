import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { program } from '../../../shared/cli/program.ts'
import { incident } from '../report/sample.ts'
import { startApp } from './app.ts'

const folder = mkdtempSync(join(tmpdir(), 'nightcrier-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (second: number) => `2026-01-12T09:41:0${second}.000Z`
const steps = [
  { at: at(0), state: 'open' as const, note: 'CrashLoop of Pod web-6bf586c785-chf5m' },
  { at: at(1), state: 'queued' as const, note: 'Waits for an agent' },
]
const open = incident({ steps, status: 'queued' })
const done = incident({
  incidentId: 'west.0123456789abcdef.1',
  cluster: 'west',
  status: 'reported',
  severity: 'warning',
  lastSeen: '2026-01-12T09:40:00.000Z',
  reportedAt: at(3),
  rootCause: 'Deployment/shop/web BadCommand',
  outcome: 'cause',
})

let app: Awaited<ReturnType<typeof startApp>>
beforeEach(async () => {
  app = await startApp([open, done])
})
afterEach(() => app.stop())

/** Runs a command line to its end, or until `until` says so. */
async function run(
  args: readonly string[],
  given: {
    tty?: boolean
    environment?: Record<string, string>
    until?: (out: string) => boolean
    onSleep?: () => Promise<void>
    folder?: string
    piped?: string
  } = {},
) {
  let out = ''
  let error = ''
  const stop = new AbortController()
  let sleeps = 0
  const code = await program(
    {
      out: {
        write: (text) => {
          out += text
          if (given.until?.(out) === true) stop.abort()
        },
        isTTY: given.tty === true,
        columns: 100,
      },
      error: {
        write: (text) => {
          error += text
        },
      },
      environment: { NIGHTCRIER_URL: app.url, NIGHTCRIER_KEY: 'secret', ...given.environment },
      clock: {
        now: () => new Date('2026-01-12T09:41:30Z'),
        sleep: async () => {
          sleeps += 1
          if (sleeps > 500) stop.abort()
          await given.onSleep?.()
          await new Promise((resolve) => setTimeout(resolve, 2))
        },
      },
      signal: stop.signal,
      serve: () => Promise.reject(new Error('not asked for')),
      scenarioRunner: join(folder, 'no-such-runner.ts'),
      folder: given.folder ?? folder,
      piped: async () => given.piped ?? '',
    },
    args,
  )
  return { out, error, code, lines: out.trimEnd().split('\n') }
}

describe('incidents', () => {
  test('are a table, newest first, plain where nobody looks', async () => {
    expect((await run(['incidents'])).lines).toEqual([
      'STATE     SEVERITY  CLUSTER  WHAT                 SEEN  LAST      INCIDENT',
      'queued    critical  east     Deployment/shop/web  3×    30 s ago  east.0123456789abcdef.1',
      'reported  warning   west     Deployment/shop/web  3×    90 s ago  west.0123456789abcdef.1',
      '  Deployment/shop/web BadCommand',
    ])
  })

  test('have colours on a terminal, and none with --no-color or NO_COLOR', async () => {
    const colour = '\u001b['
    expect((await run(['incidents'], { tty: true })).out).toContain(colour)
    expect((await run(['--no-color', 'incidents'], { tty: true })).out).not.toContain(colour)
    expect((await run(['incidents'], { tty: true, environment: { NO_COLOR: '1' } })).out).not.toContain(colour)
  })

  test('are one JSON object with --json', async () => {
    const { out } = await run(['--json', 'incidents', '--cluster', 'west'])
    expect(JSON.parse(out).incidents).toMatchObject([{ incidentId: done.incidentId, status: 'reported' }])
  })

  test('of a time that nobody can read are refused with the ways to say it', async () => {
    const { error, code } = await run(['incidents', '--since', 'yesterday'])
    expect(error).toBe('--since yesterday is no time. Say 90m, 2h, 3d or 2026-01-12T09:00:00Z.\n')
    expect(code).toBe(1)
    expect((await run(['--json', 'incidents', '--since', '100s'])).code).toBe(1)
    expect(JSON.parse((await run(['--json', 'incidents', '--since', '1m'])).out).incidents).toHaveLength(1)
  })

  test('with a filter that the app does not know are refused in the app’s words', async () => {
    const { error } = await run(['incidents', '--status', 'lost'])
    expect(error).toContain('status')
  })
})

describe('show', () => {
  test('tells all of one incident, and where its report is', async () => {
    const { out } = await run(['show', done.incidentId])
    for (const part of ['Deployment/shop/web in west', 'BadCommand', 'https://blobs.example/west'])
      expect(out).toContain(part)
  })

  test('takes `last` for the newest', async () => {
    expect((await run(['show', 'last'])).out).toContain('Waits for an agent')
  })

  test('of an incident that is none says so', async () => {
    expect((await run(['show', 'east.ffffffffffffffff.9'])).error).toBe(
      'There is no incident east.ffffffffffffffff.9.\n',
    )
  })

  test('lets no escape sequence of a cluster reach the terminal', async () => {
    await app.stop()
    app = await startApp([incident({ context: '\u001b[2J\u001b]0;owned\u0007 hidden \u202e' })])
    const { out } = await run(['show', 'last'])
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})

describe('tail', () => {
  const later = async () => {
    const stored = (await app.store.current(open.incidentId))!
    if (stored.incident.status === 'queued')
      await app.store.move(stored, 'running', { at: new Date(at(5)), note: 'Attempt 1' })
  }

  test('tells each step once as it comes, and nothing of what was there before', async () => {
    const { lines, code } = await run(['tail'], { onSleep: later, until: (out) => out.includes('Attempt 1') })
    expect(lines).toEqual([expect.stringMatching(/09:41:05 {2}running +Attempt 1 {2}east Deployment\/shop\/web/)])
    expect(code).toBe(0)
  })

  test('is one JSON object a line with --json', async () => {
    const { lines } = await run(['--json', 'tail'], { onSleep: later, until: (out) => out.includes('Attempt 1') })
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ incidentId: open.incidentId, state: 'running' }])
  })

  test('on a terminal shows that it lives and how things stand, and clears that away', async () => {
    const { out } = await run(['tail'], { tty: true, until: (text) => text.includes('1 queued') })
    expect(out).toMatch(/⠋|⠙/)
    expect(out).toContain('1 queued · 1 reported')
    expect(out.endsWith('\r\u001b[2K')).toBe(true)
  })

  test('goes on when the app is away for a while', async () => {
    let looks = 0
    const { error } = await run(['tail'], {
      onSleep: async () => {
        looks += 1
        if (looks === 1) app.next(503, 503)
        if (looks === 4) await later()
      },
      until: (out) => out.includes('Attempt 1'),
    })
    expect(error).toMatch(/does not answer; it is asked again[\s\S]*answers again/)
  })

  test('ends at once when the key is wrong from the beginning', async () => {
    expect((await run(['--key', 'wrong', 'tail'])).code).toBe(1)
  })
})

describe('clusters', () => {
  const health = (status: string, rest = {}) => ({
    clusters: [{ name: 'east', status, event_count: 2, triage_enabled: true, ...rest }],
    summary: {
      total: 1,
      active: status === 'active' ? 1 : 0,
      unhealthy: status === 'active' ? 0 : 1,
      triage_enabled: 1,
    },
  })

  test('that are all watched are exit code 0', async () => {
    app.also.set('/api/health/clusters', health('active', { last_event: at(0) }))
    const { out, code } = await run(['clusters'])
    expect(out).toContain('1 of 1 clusters are watched.')
    expect(code).toBe(0)
  })

  test('of which one is not are exit code 1, with its error and its next try', async () => {
    app.also.set('/api/health/clusters', health('failed', { error: 'nothing listens there', retry_in: '12s' }))
    const { out, code } = await run(['clusters'])
    expect(out).toContain('nothing listens there, next try in 12s')
    expect(code).toBe(1)
  })
})

describe('check-config', () => {
  const file = join(folder, 'clusters.yaml')
  const check = (text: string, ...options: string[]) => {
    writeFileSync(file, text)
    return run([...options, 'check-config', file], { environment: { NIGHTCRIER_URL: 'not even an address' } })
  }
  const cluster = (rest: string) => `clusters:\n  - { name: a, mcp: { endpoint: "https://a.example/mcp" }${rest} }\n`

  test('of a right file says what is in it, without any app', async () => {
    const { out, error, code } = await check(
      `${cluster(', triage: { kubeconfig: "keyvault:k" }')}notifications: [{ to: [{ slack: "keyvault:s" }] }]\n`,
    )
    expect(out).toBe(`${file} is right: 1 cluster, 1 route.\n`)
    expect(error).toBe('2 secrets in Key Vault were not looked up.\n')
    expect(code).toBe(0)
  })

  test('tells every fault with its path, and files that are not there', async () => {
    const { out, code } = await check(cluster(', triage: { kubeconfig: "file:k.yaml" }, colour: red'))
    expect(out).toContain('clusters[0].colour: is not a known key.')
    expect(code).toBe(1)
    const missing = await check(cluster(', triage: { kubeconfig: "file:k.yaml" }'), '--json')
    expect(JSON.parse(missing.out)).toMatchObject({ ok: false, errors: [expect.stringContaining('k.yaml')] })
  })

  test('of a file without a cluster or a route says what that means', async () => {
    for (const text of ['clusters: []\n', 'notifications: []\n', '# nothing\n'])
      expect((await check(text)).code).toBe(1)
    const found = await check('discovery: [{ kubeconfig_dir: "./k", endpoint: "https://mcp.example/{name}" }]\n')
    expect(found.out).toBe(`${file} is right: 0 clusters, 1 place of discovery, 0 routes.\n`)
    expect(found.error).toContain('without it nobody is told')
  })

  test('sees what is wrong with a secret in a file, and never repeats it', async () => {
    const of = async (key: string, secret: string) => {
      writeFileSync(join(folder, 'secret'), secret)
      const { out } = await check(`${cluster('')}notifications: [{ to: [{ ${key}: "file:secret" }] }]\n`)
      if (secret.trim() !== '') expect(out).not.toContain(secret.trim())
      return out
    }
    const key = 'R'.repeat(32)
    const bad = [
      ['pagerduty', 'e+23-not-a-real-key_', 'Events API v2 integration key, which has 32 letters and digits'],
      ['pagerduty', `"${key}"`, 'stands in quotes'],
      ['teams', 'flow.example/invoke', 'no http:// or https:// address'],
      ['slack', 'not-a-token', "neither a webhook's address nor a bot's token"],
      ['webhook', 'https:\\/\\/hook.example\\/x', 'holds backslashes'],
      ['webhook', 'https://hook.example/ x', 'holds spaces or line breaks'],
      ['teams', ' \n', 'is empty'],
      ['mattermost', 'chat.example/hooks/x', 'no http:// or https:// address'],
      ['google_chat', '"https://chat.example/v1/spaces/x"', 'stands in quotes'],
      ['google_chat', 'spaces/x', 'no http:// or https:// address'],
    ] as const
    for (const [place, secret, words] of bad) {
      const out = await of(place, secret)
      expect(out).toContain(words)
      expect(out).toContain('file:secret')
    }
    for (const [place, secret] of [
      ['pagerduty', `${key} `],
      ['slack', '\uFEFFhttps://hooks.example/x\n'],
      ['slack', 'xoxb-not-real\r\n'],
      [
        'teams',
        'https://default5c07.61.environment.api.powerplatform.com:443/powerautomate/x?sp=%2Ftriggers&sig=a-b_C%2Bd',
      ],
    ] as const)
      expect(await of(place, secret)).toContain('is right: 1 cluster, 1 route')
  })

  test('of no file says what to name', async () => {
    const { error } = await run(['check-config', join(folder, 'nothing.yaml')])
    expect(error).toContain('Name the clusters.yaml that is to be checked.')
  })
})

describe('replay', () => {
  const exported = (files: Record<string, string>) =>
    app.also.set(
      `/api/incidents/${done.incidentId}/scenario`,
      zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
    )

  test('unpacks the scenario, and without a clone says how to run it', async () => {
    exported({ [`${done.incidentId}/cluster.yaml`]: '# Picture taken at 2026-01-12T09:41:00Z' })
    const target = join(folder, 'replayed')
    const { out, error, code } = await run(['replay', done.incidentId, '--out', target])
    expect(out.trim()).toBe(join(target, done.incidentId))
    expect(readFileSync(join(out.trim(), 'cluster.yaml'), 'utf8')).toContain('Picture taken')
    expect(error).toContain('npm run scenario')
    expect(code).toBe(0)
  })

  test('writes nothing outside its folder', async () => {
    exported({ '../../escaped.yaml': 'x' })
    const { error, code } = await run(['replay', done.incidentId, '--out', join(folder, 'safe')])
    expect(error).toContain('leads out of its folder')
    expect(code).toBe(1)
  })

  test('of something that is no archive is one sentence', async () => {
    app.also.set(`/api/incidents/${done.incidentId}/scenario`, new Uint8Array([1, 2, 3]))
    expect((await run(['replay', done.incidentId])).error).toContain('cannot be unpacked')
  })
})

describe('what goes wrong says what to do next', () => {
  test.each([
    ['a wrong key', ['--key', 'wrong', 'incidents'], /does not accept the key \(401\).*NIGHTCRIER_KEY/],
    ['nobody there', ['--url', 'http://127.0.0.1:9', 'incidents'], /cannot be reached.*npm start.*NIGHTCRIER_URL/],
    ['no address', ['--url', 'my app', 'incidents'], /"my app" is no address/],
  ])('%s', async (_name, args, said) => {
    const { error, out, code } = await run(args)
    expect(error).toMatch(said)
    expect(error.trimEnd().split('\n')).toHaveLength(1)
    expect(out).toBe('')
    expect(code).toBe(1)
  })

  test('another program at that address', async () => {
    app.next({ status: 200, body: { hello: 'world' } })
    expect((await run(['incidents'])).error).toMatch(/not as nightcrier does \(incidents: /)
  })

  test('a command that is none is exit code 2, help is 0', async () => {
    expect((await run(['frob'])).code).toBe(2)
    const help = await run(['--help'])
    expect(help.code).toBe(0)
    for (const word of ['incidents', 'show', 'tail', 'clusters', 'check-config', 'replay'])
      expect(help.out).toContain(word)
  })

  test('the key never stands in an address', async () => {
    await run(['incidents'])
    expect(app.received.map(({ path }) => path).join()).not.toContain('secret')
  })
})

test('the program itself runs, reads its environment and ends with its code', async () => {
  const main = join(import.meta.dirname, '../../../shared/cli/main.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'incidents', '--json'], {
    env: { ...process.env, NIGHTCRIER_URL: app.url, NIGHTCRIER_KEY: 'secret' },
  })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const code = await new Promise((resolve) => child.on('exit', resolve))
  expect(code).toBe(0)
  expect(JSON.parse(out).incidents).toHaveLength(2)
})

test('a cluster that does not answer, or lets nobody in, is told as that, not as a fault of ours', async () => {
  const kubeconfig = join(folder, 'nobody.yaml')
  const cluster = { server: 'https://127.0.0.1:9' }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'east',
    clusters: [{ name: 'east', cluster }],
    users: [{ name: 'u', user: { token: 'fake' } }],
    contexts: [{ name: 'east', context: { cluster: 'east', user: 'u' } }],
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  const words = ['onboard', '--name', 'east', '--endpoint', 'https://mcp.example/mcp', '--kubeconfig', kubeconfig]
  const { code, error } = await run([...words, '--apply'])
  expect(code).toBe(1)
  expect(error).toMatch(/^https:\/\/127\.0\.0\.1:9 did not answer/)
})

describe('ask', () => {
  const answered = (known: boolean) =>
    app.also.set('/api/investigate', { incidentId: done.incidentId, status: 'reported', known })

  test('sends the object as kubectl names it, and says what came of it', async () => {
    answered(false)
    const { out, code } = await run(['ask', 'west', 'deploy/web', '-n', 'shop', '--note', 'slow'])
    expect(out).toContain(`${done.incidentId} is opened`)
    expect(code).toBe(0)
    const { path, body, headers } = app.received.at(-1)!
    expect([path, headers['content-type']]).toEqual(['/api/investigate', 'application/json'])
    expect(JSON.parse(body)).toEqual({ cluster: 'west', kind: 'deploy', name: 'web', namespace: 'shop', note: 'slow' })
  })

  test('waits for the report with --wait', async () => {
    answered(true)
    const { out, code } = await run(['ask', 'west', 'deploy/web', '-n', 'shop', '--wait'])
    expect(out).toContain('Deployment/shop/web BadCommand')
    expect(code).toBe(0)
  })

  test('of what is no object is refused', async () => {
    const { error, code } = await run(['ask', 'west', 'web'])
    expect(error).toContain('Say KIND/NAME')
    expect(code).toBe(1)
  })
})
