import { expect, test } from 'vitest'
import { Cluster } from '../../../shared/config/cluster.ts'
import { ClusterRow } from '../../../shared/lease/cluster-row.ts'
import { pagerDutyEvent } from '../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { slackMessage } from '../../../shared/notify/channels/slack/slack-message.ts'
import { teamsMessage } from '../../../shared/notify/channels/teams/teams.ts'
import { cloudEvent } from '../../../shared/notify/channels/webhook/webhook.ts'
import { incidentNotice } from '../../../shared/notify/compose-notice.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { clusterReport } from '../../../shared/subscription/cluster-report.ts'
import { deadLetterKeeper } from '../../../shared/subscription/dead-letter.ts'
import { outbox } from '../../../shared/subscription/outbox.ts'
import { receiveFaults } from '../../../shared/subscription/receive-faults.ts'
import { SeenFaults } from '../../../shared/subscription/seen-faults.ts'
import { handleTriageMessage } from '../../../shared/triage/handle-triage-message.ts'
import { memoryBlobs } from '../../fakes/memory-blobs.ts'
import { memoryQueue } from '../../fakes/memory-queue.ts'
import { ownDoor } from '../../fakes/own-door.ts'
import { world } from '../triage/world.ts'
import { aFault } from './supervised.ts'

/** Fake by its letters, and of a form that is known by sight. */
const planted = `ghp_${'Q7xK2mVw'.repeat(5).slice(0, 36)}`
const steering = '\u001b[2J\u202e\u0007\u009b31m\u{e0041}'
const clock = { now: () => new Date('2026-01-12T09:41:00Z'), sleep: async () => {} }

function door() {
  const errors: string[] = []
  const blobs = memoryBlobs(clock)
  const said: string[] = []
  const line = (_: unknown, text?: string) => void said.push(text ?? '')
  const log = { debug: line, info: line, warn: line, error: line }
  const aside = deadLetterKeeper({ deadLetters: blobs, clock, log })
  const queue = memoryQueue()
  const out = outbox({ queue, deadLetter: aside, door: ownDoor, clock: systemClock, random: () => 0.5, log })
  const hearing = receiveFaults({
    cluster: Cluster.parse({ name: 'east', mcp: { endpoint: 'https://mcp.example/mcp' } }),
    clock,
    outbox: out,
    deadLetter: aside,
    report: { event: () => {}, trouble: () => {} },
    seenFaults: new SeenFaults(),
    signal: new AbortController().signal,
    claimed: true,
    door: ownDoor,
    onSubscriptionError: (error) => void errors.push(error),
    onEnd: () => {},
  })
  hearing.know(undefined)
  const kept = async () => {
    await aside.settled()
    return Promise.all(blobs.names().map(async (name) => (await blobs.read(name, 10_000_000))!.text))
  }
  /** What the queue holds, once all has gone out. */
  const sent = async (): Promise<unknown[]> => {
    await out.drain(1_000)
    return queue.messages.flatMap(({ body }) => JSON.parse(body).faults)
  }
  return { hearing, sent, errors, said, kept }
}
const foreign = `why: ${planted} ${steering} and so on`

/** Each text of a notice, also of fields that nobody knows, with what is planted in it. */
function plantedIn(
  value: unknown,
  path: readonly string[] = [],
): readonly (readonly [string, (text: string) => unknown])[] {
  if (typeof value === 'string') return [[path.join('.'), (text) => text]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    plantedIn(each, [...path, key]).map(
      ([name, put]) =>
        [name, (text: string) => (Array.isArray(value) ? [put(text)] : { ...value, [key]: put(text) })] as const,
    ),
  )
}
const whole = {
  ...aFault(),
  owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', extra: { deep: ['x'] } },
  node: 'n1',
  container: 'web',
  image: 'web:1',
  unknown: { list: ['x'], text: 'x' },
  'a key': 'x',
}

test.each(plantedIn(whole))('a secret in %s of a notice is not kept, sent or said', async (_, put) => {
  const { hearing, sent, said, kept } = door()
  hearing.onNotice({ logger: 'kubernetes/faults', data: put(foreign) })
  const all = [JSON.stringify(await sent()), ...(await kept()), ...said].join('\n')
  expect(all.length).toBeGreaterThan(100)
  expect(all).not.toContain(planted.slice(4, 20))
  for (const bad of ['\\u001b', '\u001b', '\u202e', '\\u202e', '\u009b', '\u{e0041}']) expect(all).not.toContain(bad)
})

test('nor in what is no fault, no JSON, or the end of a subscription', async () => {
  const { hearing, errors, said, kept } = door()
  hearing.onNotice({ logger: 'kubernetes/faults', data: { faultId: foreign, nested: [{ [foreign]: foreign }] } })
  hearing.onNotice({ logger: 'kubernetes/faults', data: foreign })
  hearing.onNotice({ logger: 'kubernetes/subscription_error', data: { subscriptionId: 's', error: foreign } })
  hearing.onGarbage(`{broken ${foreign}`, `no JSON: ${foreign}`)
  const all = [...errors, ...said, ...(await kept())].join('\n')
  expect(all).not.toContain(planted.slice(4, 20))
  expect(all).toContain('and so on')
  expect(all).not.toContain('\u202e')
})

test('a clean notice comes in as it is', async () => {
  const { hearing, sent } = door()
  hearing.onNotice({ logger: 'kubernetes/faults', data: whole })
  expect(await sent()).toEqual([
    { ...whole, cluster: 'east', labels: {}, receivedAt: '2026-01-12T09:41:00.000Z', source: 'notification' },
  ])
})

test('what a server says while it refuses is cleared before the row of its cluster has it', () => {
  const notes: Record<string, unknown>[] = []
  const book = {
    note: (_: string, change: object) => void notes.push({ ...change }),
    stateOf: () => ClusterRow.parse({ status: 'active' }),
  }
  const report = clusterReport(book, 'east', { clock, door: ownDoor })
  report.status('failed', ownDoor.clear(foreign))
  report.hears('polled', foreign, 1_000)
  const seen = JSON.stringify(notes)
  expect(seen).toContain('why: ‹redacted:')
  for (const gone of [planted, '\\u001b', '\u202e', '\u009b']) expect(seen).not.toContain(gone)
})

test('titles and texts of all channels are free of what a server hides in its names', async () => {
  const { hearing, sent } = door()
  const put = (text: string) => `${text}${steering}x`
  const resource = { apiVersion: 'v1', kind: put('Pod'), namespace: put('shop'), name: put('web-6bf586c785-chf5m') }
  hearing.onNotice({
    logger: 'kubernetes/faults',
    data: { ...aFault(), resource, context: put('Back-off'), node: put('n1') },
  })
  const w = world()
  await handleTriageMessage(w.deps)({ version: 1, type: 'faults', faults: await sent() }, { id: 'm', dequeueCount: 1 })
  const links = { report: 'https://reports.example/x', feedback: undefined }
  const opened = await w.only()
  const notices = (['opened', 'skipped', 'resolved'] as const).map((event) =>
    incidentNotice(event, opened, undefined, links),
  )
  expect(notices[0]).toMatchObject({
    namespace: expect.stringContaining('shop'),
    headline: expect.stringMatching(/\w/),
  })
  for (const notice of notices) {
    const messages = [
      slackMessage(notice),
      teamsMessage(notice),
      cloudEvent(notice, 'id'),
      pagerDutyEvent(notice, 'routing', 'dedup'),
    ]
    for (const one of messages) {
      const texts: string[] = []
      JSON.stringify(one, (_, value: unknown) => {
        if (typeof value === 'string') texts.push(value)
        return value
      })
      expect(texts.join('\n')).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/u)
    }
  }
})
