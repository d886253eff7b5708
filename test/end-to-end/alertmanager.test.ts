import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { alerts } from '../../shared/app/http/alerts.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { TriageMessage } from '../../shared/incident/messages.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { handleTriageMessage } from '../../shared/triage/handle-triage-message.ts'
import { memoryQueue } from '../fakes/memory-queue.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { cluster, world } from '../shared/triage/world.ts'
import { eventually } from './whole-app.ts'

/** Debian's package has this name; without it there is nothing to try. */
const PROGRAM = 'prometheus-alertmanager'
const isThere = (() => {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The real handler behind a real port, and the real triage behind its queue. */
async function app() {
  const clusters = [cluster('east', {}, {}), cluster('west')]
  const there = world({ clusters, settings: { MAX_CONCURRENT_AGENTS_PER_CLUSTER: 5 } })
  const deps = { ...there.deps, clock: systemClock }
  const queue = memoryQueue(systemClock)
  const { store, random, control, cluster: byName } = deps
  const platform = {
    ...{ store, clock: systemClock, random, control, cluster: byName },
    settings: readSettings({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }),
    storage: { queue: () => queue },
    door: async () => ownDoor,
    clusters: { current: async () => ({ clusters }) },
  }
  const log = { info: () => {}, warn: () => {} }
  const posts: { readonly status: string; readonly count: number }[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const { status, alerts: given } = JSON.parse(text)
    posts.push({ status, count: given.length })
    const query = new URL(request.url ?? '/', 'http://x').searchParams
    const answer = await alerts(platform, log, { text: async () => text, query })
    for (const got of queue.receive({ count: 1_000 })) {
      await handleTriageMessage(deps)(TriageMessage.parse(JSON.parse(got.body)), got)
      got.complete()
    }
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer.jsonBody))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return { there, posts, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

async function alertmanager(receiver: number) {
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-alertmanager-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [port, file] = [await freePort(), join(folder, 'alertmanager.yml')]
  const route = { receiver: 'nightcrier', group_by: ['alertname', 'cluster'], group_wait: '1s', group_interval: '1s' }
  const hook = { url: `http://127.0.0.1:${receiver}/api/alerts`, send_resolved: true }
  // JSON is YAML.
  await writeFile(
    file,
    JSON.stringify({
      route: { ...route, repeat_interval: '2s' },
      receivers: [{ name: 'nightcrier', webhook_configs: [hook] }],
    }),
  )
  const args = [`--config.file=${file}`, `--storage.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`]
  const child = spawn(PROGRAM, [...args, '--cluster.listen-address='], { stdio: 'ignore' })
  // It writes what it knows as it ends.
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => resolve())
        child.kill()
      }),
  )
  const post = async (given: readonly Record<string, unknown>[]) => {
    const body = JSON.stringify(given)
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, { method: 'POST', body, headers })).status
  }
  await eventually(
    'Alertmanager',
    30,
    async () => post([]).catch(() => 0),
    (status) => status === 200,
  )
  return post
}

const alert = (pod: string, more: Record<string, unknown> = {}) => ({
  labels: { alertname: 'KubePodCrashLooping', cluster: 'east', namespace: 'shop', pod, severity: 'warning' },
  annotations: { summary: `Pod ${pod} is crash looping` },
  startsAt: new Date(Date.now() - 60_000).toISOString(),
  ...more,
})

test.skipIf(!isThere)(
  `${PROGRAM} of Debian (skipped where it is not installed): firing, grouped, repeated, resolved`,
  async () => {
    const { there, posts, port } = await app()
    const post = await alertmanager(port)
    const states = async () =>
      (await there.all()).map(({ owner, absentSince }) => `${owner.name} ${absentSince === undefined}`).sort()

    expect(await post([alert('web-6bf586c785-chf5m'), alert('api-6bf586c785-chf5m')])).toBe(200)
    await eventually('two incidents', 30, states, (all) => all.length === 2)
    expect(await states()).toEqual(['api true', 'web true'])
    // Both came in one post, since they are of one group.
    expect(posts.some(({ count }) => count === 2)).toBe(true)

    const before = posts.length
    await eventually(
      'a repetition',
      30,
      async () => posts.length,
      (count) => count > before + 1,
    )
    const counted = (await there.all()).map(({ occurrences, generation }) => [occurrences, generation])
    expect(counted).toEqual([
      [1, 1],
      [1, 1],
    ])

    await post([alert('web-6bf586c785-chf5m', { endsAt: new Date(Date.now() - 1_000).toISOString() })])
    await eventually('the end', 30, states, (all) => all.includes('web false'))
    expect(await states()).toEqual(['api true', 'web false'])
    expect(posts.some(({ status }) => status === 'firing')).toBe(true)
  },
  120_000,
)
