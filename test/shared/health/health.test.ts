import { describe, expect, test } from 'vitest'
import { Cluster } from '../../../shared/config/cluster.ts'
import { alive } from '../../../shared/health/alive.ts'
import { clusterHealth } from '../../../shared/health/cluster-health.ts'
import { listIncidents, oneIncident } from '../../../shared/health/incidents.ts'
import { metrics } from '../../../shared/health/metrics.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { toParts } from '../../../shared/runtime/json-parts.ts'
import type { Fields, Row } from '../../../shared/runtime/table.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../incident/sample.ts'
import { permissions } from '../triage/world.ts'

const now = new Date('2026-01-12T09:41:00.000Z')
const row = (key: string, fields: Fields): Row => ({ partition: 'clusters', key, etag: '1', fields })
const cluster = (name: string, rest: Record<string, unknown> = {}) =>
  Cluster.parse({ name, mcp: { endpoint: 'https://mcp.example/mcp' }, ...rest })

describe('the health of clusters', () => {
  const east = cluster('east', {
    labels: { region: 'us-east' },
    triage: { enabled: true, kubeconfig: 'keyvault:kubeconfig-east' },
  })
  test('shows the last three failures of a cluster, and of what is left alone for now', () => {
    const reasons = ['one', 'two', 'three', 'four'].map((text, at) => ({ at: `2026-01-12T09:4${at}:00.000Z`, text }))
    const fields = { untold: '', openedAt: '', openings: 1, since: reasons[0]!.at, reasons: JSON.stringify(reasons) }
    const of = (key: string, more: Fields) => ({
      partition: 'breakers',
      key,
      etag: '1',
      fields: { ...fields, ...more },
    })
    const { clusters, breakers } = clusterHealth(
      {
        clusters: [east],
        rows: [row('east', { status: 'failed', error: 'four', reasons: JSON.stringify(reasons) })],
        permissions: [],
        breakers: [
          of('container groups', { state: 'open', failures: 4, retryAt: '2026-01-12T09:42:00.000Z' }),
          of('the model m', { state: 'closed', failures: 0, retryAt: '' }),
          // Nobody waits for it: it only tells, and has no next try.
          of('agents', { state: 'open', failures: 5, retryAt: '2026-01-12T09:42:00.000Z' }),
        ],
      },
      now,
    )
    const last = reasons.slice(1)
    expect(clusters[0]?.failures).toEqual(last)
    expect(breakers).toEqual([
      { name: 'container groups', state: 'open', failures: 4, since: reasons[0]!.at, retry_in: '60s', reasons: last },
      { name: 'agents', state: 'open', failures: 5, since: reasons[0]!.at, reasons: last },
    ])
  })

  test('is told with the names and words that are agreed', () => {
    const health = clusterHealth(
      {
        clusters: [east, cluster('staging'), cluster('new'), cluster('off', { enabled: false })],
        rows: [
          row('east', { status: 'active', lastEvent: '2026-01-12T09:40:00Z', eventCount: 42, owner: 'x' }),
          row('staging', {
            status: 'failed',
            error: 'connection refused',
            retryAt: '2026-01-12T09:41:07.400Z',
            eventCount: 0,
          }),
        ],
        permissions: [row('east', toParts(permissions('east'))), row('staging', { parts: 1, json0: 'broken' })],
      },
      now,
    )
    expect(health).toEqual({
      clusters: [
        {
          name: 'east',
          status: 'active',
          last_event: '2026-01-12T09:40:00Z',
          event_count: 42,
          blind_seconds: 0,
          blind_ratio: 0,
          triage_enabled: true,
          permissions: permissions('east'),
          labels: { region: 'us-east' },
        },
        {
          name: 'staging',
          status: 'failed',
          error: 'connection refused',
          retry_in: '8s',
          event_count: 0,
          blind_seconds: 0,
          blind_ratio: 0,
          triage_enabled: false,
        },
        {
          name: 'new',
          status: 'disconnected',
          event_count: 0,
          blind_seconds: 0,
          blind_ratio: 0,
          triage_enabled: false,
        },
      ],
      summary: { total: 3, active: 1, unhealthy: 2, triage_enabled: 1 },
    })
  })

  test.each([
    ['none', {}, 0, 0],
    ['what is over', { blindMilliseconds: 36_000 }, 36, 0.01],
    ['what goes on', { blindMilliseconds: 6_000, blindSince: '2026-01-12T09:40:30.000Z' }, 36, 0.01],
    ['a dead owner’s, from when its lease ran out', { until: '2026-01-12T09:36:00.000Z' }, 300, 0.083333],
  ])('tells the time in which nobody heard a cluster: %s', (_, fields, seconds, ratio) => {
    const watched = { status: 'active', watchedSince: '2026-01-12T08:41:00.000Z', ...fields }
    const input = { clusters: [east], rows: [row('east', watched)], permissions: [] }
    const [shown] = clusterHealth(input, now).clusters
    expect(shown).toMatchObject({ blind_seconds: seconds, blind_ratio: ratio })
    expect(metrics({ ...nothing, ...input }, now)).toContain(
      `nightcrier_cluster_blind_seconds_total{cluster="east"} ${seconds}`,
    )
  })

  test('does not believe an active that a dead supervisor left behind', () => {
    const rows = [row('east', { status: 'active', until: '2026-01-12T09:39:59.000Z' })]
    expect(clusterHealth({ clusters: [east], rows, permissions: [] }, now)).toMatchObject({
      clusters: [{ status: 'disconnected', error: 'No supervisor watches this cluster at the moment' }],
      summary: { active: 0, unhealthy: 1 },
    })
  })

  test('survives a row that nobody can read, and names what is wrong with the configuration', () => {
    const rows = [row('east', { status: 'dancing' })]
    const health = clusterHealth(
      { clusters: [east], rows, permissions: [], configErrors: ['clusters[1].name: …'] },
      now,
    )
    expect(health).toMatchObject({ clusters: [{ status: 'disconnected' }], config_errors: ['clusters[1].name: …'] })
  })
})

describe('being alive', () => {
  const beat = (at: string) => ({ ...row('supervisor-1', { at }), partition: 'supervisors' })
  test.each([
    ['a fresh heartbeat among old ones', [beat('2026-01-11T00:00:00.000Z'), beat('2026-01-12T09:40:30.000Z')], 200],
    ['only old heartbeats', [beat('2026-01-12T09:37:59.000Z')], 503],
    ['none', [], 503],
    ['one that is no heartbeat', [{ ...beat(''), fields: { x: 1 } }], 503],
    ['no answer from storage', undefined, 503],
  ])('with %s', (_what, rows, status) => {
    expect(alive(rows, now).status).toBe(status)
  })
})

describe('incidents', () => {
  async function filled() {
    const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
    for (let n = 0; n < 3; n++) {
      const identity = `${n}123456789abcdef`
      const lastSeen = `2026-01-12T09:0${n}:00.000Z`
      await store.insert(incident({ identity, incidentId: `east.${identity}.1`, lastSeen, countedFaults: ['d-1'] }))
    }
    return store
  }
  test('are listed newest first, in pages, without what only the machinery needs', async () => {
    const list = listIncidents(await filled())
    // The usual way to give a function key; the host hands it on.
    expect((await list(new URLSearchParams('code=key&status=queued'))).status).toBe(200)
    const first = await list(new URLSearchParams({ limit: '2', status: 'queued', cluster: 'east' }))
    expect(first).toMatchObject({
      status: 200,
      body: {
        incidents: [{ identity: '2123456789abcdef' }, { identity: '1123456789abcdef' }],
        cursor: expect.any(String),
      },
    })
    expect(JSON.stringify(first.body)).not.toContain('countedFaults')
    const { cursor } = first.body as { cursor: string }
    expect((await list(new URLSearchParams({ cursor }))).body).toMatchObject({
      incidents: [{ identity: '0123456789abcdef' }],
    })
    expect((await list(new URLSearchParams({ since: '2026-01-12T10:02:00+01:00' }))).body).toMatchObject({
      incidents: [{ identity: '2123456789abcdef' }],
    })
  })

  test.each([
    ['limit=0', 'limit: '],
    ['status=sleeping', 'status: '],
    ['since=yesterday', 'since: '],
    ['colour=red', 'colour'],
  ])('with the query %s are refused with the name of what is wrong', async (query, expected) => {
    const answer = await listIncidents(await filled())(new URLSearchParams(query))
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(expected) } })
  })

  test('are found by id, or said not to be there', async () => {
    const one = oneIncident(await filled())
    expect(await one('east.0123456789abcdef.1')).toMatchObject({ status: 200, body: { identity: '0123456789abcdef' } })
    expect(await one('east.0123456789abcdef.2')).toMatchObject({ status: 404 })
    expect(await one('../../etc')).toMatchObject({ status: 400 })
  })
})

const nothing = {
  ...{
    clusters: [],
    rows: [],
    incidents: [],
    queues: {},
    breakers: [],
    supervisors: [],
    totals: [],
    places: [],
    waiting: [],
  },
  ...{ agents: { running: 0, limit: 5, launched: 0 }, deadLetters: 0 },
}
const total = (key: string, fields: Row['fields']): Row => ({ partition: 'totals', key, etag: '1', fields })
const beat = (at: string): Row => ({ partition: 'supervisors', key: at, etag: '1', fields: { at } })

test('metrics are Prometheus text, one sample per cluster and state', () => {
  const state = (partition: string, status: string, skip = ''): Row => ({
    ...{ partition, key: 'k', etag: '1' },
    fields: { status, skip },
  })
  const text = metrics(
    {
      places: [],
      waiting: [],
      clusters: [cluster('east'), cluster('west'), cluster('off', { enabled: false })],
      rows: [
        row('east', {
          status: 'active',
          statusSince: '2026-01-12T09:40:00.000Z',
          eventCount: 42,
          errorCount: 3,
          reconnectCount: 1,
          blindMilliseconds: 1_500,
        }),
      ],
      incidents: [
        state('east', 'running'),
        state('east', 'running'),
        state('west', 'skipped', 'queue-full'),
        state('west', 'odd', 'odd'),
      ],
      agents: { running: 2, limit: 5, launched: 9 },
      queues: { faults: 3, results: 0 },
      supervisors: [beat('2026-01-12T09:40:00.000Z'), beat('2026-01-12T09:00:00.000Z')],
      totals: [
        total('east', {
          ended_completed: 3,
          ended_not_started: 1,
          outcome_cause: 2,
          outcome_evidence_only: 2,
          agent_le_5: 2,
        }),
        total('west', {
          agent_le_60: 1,
          agent_le_more: 1,
          agent_seconds: 4_000.5,
          tokens_in: 7,
          tokens_out: 2,
          cost_usd: 0.25,
        }),
      ],
      deadLetters: 7,
      breakers: [
        { partition: 'breakers', key: 'agents', etag: '', fields: { state: 'open', failures: 4, openings: 2 } },
        {
          partition: 'breakers',
          key: 'notices to slack',
          etag: '',
          fields: { state: 'closed', failures: 0, openings: 0 },
        },
      ],
    },
    now,
  )
  expect(text).toMatchInlineSnapshot(`
    "# HELP nightcrier_cluster_up Whether the cluster is being watched.
    # TYPE nightcrier_cluster_up gauge
    nightcrier_cluster_up{cluster="east"} 1
    nightcrier_cluster_up{cluster="west"} 0
    # HELP nightcrier_cluster_uptime_seconds Since when it has been watched without a break.
    # TYPE nightcrier_cluster_uptime_seconds gauge
    nightcrier_cluster_uptime_seconds{cluster="east"} 60
    nightcrier_cluster_uptime_seconds{cluster="west"} 0
    # HELP nightcrier_cluster_step The step of its watch: 3 subscribed, 2 unconfirmed, 1 polled, 0 not watched.
    # TYPE nightcrier_cluster_step gauge
    nightcrier_cluster_step{cluster="east"} 0
    nightcrier_cluster_step{cluster="west"} 0
    # HELP nightcrier_cluster_events_total Faults heard of, by notices and by looks.
    # TYPE nightcrier_cluster_events_total counter
    nightcrier_cluster_events_total{cluster="east"} 42
    nightcrier_cluster_events_total{cluster="west"} 0
    # HELP nightcrier_cluster_errors_total Failed connections and calls.
    # TYPE nightcrier_cluster_errors_total counter
    nightcrier_cluster_errors_total{cluster="east"} 3
    nightcrier_cluster_errors_total{cluster="west"} 0
    # HELP nightcrier_cluster_reconnects_total Times it was watched again after it was not.
    # TYPE nightcrier_cluster_reconnects_total counter
    nightcrier_cluster_reconnects_total{cluster="east"} 1
    nightcrier_cluster_reconnects_total{cluster="west"} 0
    # HELP nightcrier_cluster_blind_seconds_total Time in which nobody was subscribed.
    # TYPE nightcrier_cluster_blind_seconds_total counter
    nightcrier_cluster_blind_seconds_total{cluster="east"} 1.5
    nightcrier_cluster_blind_seconds_total{cluster="west"} 0
    # HELP nightcrier_cluster_triage_ready Whether an agent could be sent there: its kubeconfig is there and may read what is needed.
    # TYPE nightcrier_cluster_triage_ready gauge
    # HELP nightcrier_incidents Current incidents by cluster and state.
    # TYPE nightcrier_incidents gauge
    nightcrier_incidents{cluster="east",state="running"} 2
    nightcrier_incidents{cluster="west",state="skipped"} 1
    # HELP nightcrier_incidents_skipped Current incidents that got no agent, by why.
    # TYPE nightcrier_incidents_skipped gauge
    nightcrier_incidents_skipped{cluster="west",reason="queue-full"} 1
    # HELP nightcrier_agents_running Agents that hold a slot.
    # TYPE nightcrier_agents_running gauge
    nightcrier_agents_running 2
    # HELP nightcrier_agents_limit MAX_CONCURRENT_AGENTS.
    # TYPE nightcrier_agents_limit gauge
    nightcrier_agents_limit 5
    # HELP nightcrier_agents_launched_total Attempts that got a slot.
    # TYPE nightcrier_agents_launched_total counter
    nightcrier_agents_launched_total 9
    # HELP nightcrier_agents_ended_total Agents that have ended, by how.
    # TYPE nightcrier_agents_ended_total counter
    nightcrier_agents_ended_total{cluster="east",ended="completed"} 3
    nightcrier_agents_ended_total{cluster="east",ended="not-started"} 1
    # HELP nightcrier_reports_total Reports published, by what they found.
    # TYPE nightcrier_reports_total counter
    nightcrier_reports_total{cluster="east",outcome="cause"} 2
    nightcrier_reports_total{cluster="east",outcome="evidence-only"} 2
    # HELP nightcrier_agent_duration_seconds From launch to end.
    # TYPE nightcrier_agent_duration_seconds histogram
    nightcrier_agent_duration_seconds_bucket{le="1"} 0
    nightcrier_agent_duration_seconds_bucket{le="2"} 0
    nightcrier_agent_duration_seconds_bucket{le="5"} 2
    nightcrier_agent_duration_seconds_bucket{le="10"} 2
    nightcrier_agent_duration_seconds_bucket{le="20"} 2
    nightcrier_agent_duration_seconds_bucket{le="30"} 2
    nightcrier_agent_duration_seconds_bucket{le="60"} 3
    nightcrier_agent_duration_seconds_bucket{le="120"} 3
    nightcrier_agent_duration_seconds_bucket{le="300"} 3
    nightcrier_agent_duration_seconds_bucket{le="600"} 3
    nightcrier_agent_duration_seconds_bucket{le="1800"} 3
    nightcrier_agent_duration_seconds_bucket{le="3600"} 3
    nightcrier_agent_duration_seconds_bucket{le="+Inf"} 4
    nightcrier_agent_duration_seconds_sum 4000.5
    nightcrier_agent_duration_seconds_count 4
    # HELP nightcrier_incident_report_seconds From the first fault to the report.
    # TYPE nightcrier_incident_report_seconds histogram
    nightcrier_incident_report_seconds_bucket{le="1"} 0
    nightcrier_incident_report_seconds_bucket{le="2"} 0
    nightcrier_incident_report_seconds_bucket{le="5"} 0
    nightcrier_incident_report_seconds_bucket{le="10"} 0
    nightcrier_incident_report_seconds_bucket{le="20"} 0
    nightcrier_incident_report_seconds_bucket{le="30"} 0
    nightcrier_incident_report_seconds_bucket{le="60"} 0
    nightcrier_incident_report_seconds_bucket{le="120"} 0
    nightcrier_incident_report_seconds_bucket{le="300"} 0
    nightcrier_incident_report_seconds_bucket{le="600"} 0
    nightcrier_incident_report_seconds_bucket{le="1800"} 0
    nightcrier_incident_report_seconds_bucket{le="3600"} 0
    nightcrier_incident_report_seconds_bucket{le="+Inf"} 0
    nightcrier_incident_report_seconds_sum 0
    nightcrier_incident_report_seconds_count 0
    # HELP nightcrier_model_tokens_total Tokens that models read (in) and wrote (out).
    # TYPE nightcrier_model_tokens_total counter
    nightcrier_model_tokens_total{cluster="west",direction="in"} 7
    nightcrier_model_tokens_total{cluster="west",direction="out"} 2
    # HELP nightcrier_model_cost_dollars_total What models cost, by the prices that reports name.
    # TYPE nightcrier_model_cost_dollars_total counter
    nightcrier_model_cost_dollars_total{cluster="west"} 0.25
    # HELP nightcrier_queue_messages Messages that wait or are worked on, roughly.
    # TYPE nightcrier_queue_messages gauge
    nightcrier_queue_messages{queue="faults"} 3
    nightcrier_queue_messages{queue="results"} 0
    # HELP nightcrier_supervisors_alive Supervisors with a heartbeat.
    # TYPE nightcrier_supervisors_alive gauge
    nightcrier_supervisors_alive 1
    # HELP nightcrier_breaker_open Whether it has failed too often in a row and is left alone for now (agents are only told of).
    # TYPE nightcrier_breaker_open gauge
    nightcrier_breaker_open{name="agents"} 1
    nightcrier_breaker_open{name="notices to slack"} 0
    # HELP nightcrier_breaker_failures Failures in a row.
    # TYPE nightcrier_breaker_failures gauge
    nightcrier_breaker_failures{name="agents"} 4
    nightcrier_breaker_failures{name="notices to slack"} 0
    # HELP nightcrier_breaker_openings_total How often it was left alone.
    # TYPE nightcrier_breaker_openings_total counter
    nightcrier_breaker_openings_total{name="agents"} 2
    nightcrier_breaker_openings_total{name="notices to slack"} 0
    # HELP nightcrier_notices_sent_total Notices that the place proved to have.
    # TYPE nightcrier_notices_sent_total counter
    # HELP nightcrier_notices_failed_total Tries that did not succeed.
    # TYPE nightcrier_notices_failed_total counter
    # HELP nightcrier_notices_given_up_total Notices kept as dead letters.
    # TYPE nightcrier_notices_given_up_total counter
    # HELP nightcrier_notices_unsure_total Notices posted twice without an answer.
    # TYPE nightcrier_notices_unsure_total counter
    # HELP nightcrier_notices_waiting Notices that wait for the place.
    # TYPE nightcrier_notices_waiting gauge
    # HELP nightcrier_notices_oldest_seconds How long the oldest of them has waited.
    # TYPE nightcrier_notices_oldest_seconds gauge
    # HELP nightcrier_notices_rate_limited Whether the place asks for time.
    # TYPE nightcrier_notices_rate_limited gauge
    # HELP nightcrier_dead_letters Messages and faults kept aside.
    # TYPE nightcrier_dead_letters gauge
    nightcrier_dead_letters 7
    "
  `)
})

describe('metrics', () => {
  /** What a scraper refuses, or what would grow without a limit. */
  function wrong(text: string, labels: readonly string[]): readonly string[] {
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]))
    const found: string[] = []
    const seen = new Set<string>()
    for (const name of types.keys()) {
      if (!new RegExp(`^# HELP ${name} \\S`, 'm').test(text)) found.push(`${name} has no HELP`)
      if (!/^nightcrier_[a-z_]+$/.test(name)) found.push(`${name} is no name`)
      if ((types.get(name) === 'counter') !== name.endsWith('_total')) found.push(`${name} ends like another type`)
    }
    for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
      const [, name = '', pairs = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      const base = name.replace(/_(bucket|sum|count)$/, '')
      if (!types.has(name) && types.get(base) !== 'histogram') found.push(`${line}: no TYPE`)
      if (!Number.isFinite(Number(value)) || value === '') found.push(`${line}: no number`)
      if (seen.has(`${name}{${pairs}}`)) found.push(`${line}: twice`)
      seen.add(`${name}{${pairs}}`)
      for (const [, label] of pairs.matchAll(/(\w+)="/g)) if (!labels.includes(label!)) found.push(`${line}: ${label}`)
    }
    return found
  }
  const text = metrics(
    {
      ...nothing,
      clusters: [cluster('east')],
      places: [],
      waiting: [],
      totals: [total('east', { ended_completed: 1, outcome_cause: 1, agent_le_5: 1, tokens_in: 1, cost_usd: 1 })],
      breakers: [{ partition: 'breakers', key: 'a "name"', etag: '', fields: { state: 'open' } }],
      queues: { faults: 1 },
    },
    now,
  )
  // Clusters, places and models are as many as somebody has configured; all other words are closed lists.
  const bounded = ['cluster', 'state', 'reason', 'ended', 'outcome', 'direction', 'queue', 'name', 'le']

  test('are what a scraper takes, and have no label that could grow without a limit', () => {
    expect(wrong(text, bounded)).toEqual([])
  })

  test.each([
    ['nightcrier_x{incident="1"} 1\n', /no TYPE/],
    ['# TYPE nightcrier_x gauge\nnightcrier_x 1\n', /no HELP/],
    ['# HELP nightcrier_x_total x\n# TYPE nightcrier_x_total gauge\n', /another type/],
    ['# HELP nightcrier_x x\n# TYPE nightcrier_x gauge\nnightcrier_x{incident="1"} 1\n', /: incident/],
    ['# HELP nightcrier_x x\n# TYPE nightcrier_x gauge\nnightcrier_x NaN\n', /no number/],
    ['# HELP nightcrier_x x\n# TYPE nightcrier_x gauge\nnightcrier_x 1\nnightcrier_x 2\n', /twice/],
  ])('%j would be seen', (planted, says) => {
    expect(wrong(text + planted, bounded).join('; ')).toMatch(says)
  })
})
