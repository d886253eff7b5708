import { Route } from '../../../shared/config/notifications.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import { muteBook } from '../../../shared/incident/mute-book.ts'
import { NoticeMessage } from '../../../shared/incident/notices.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { pagerDuty } from '../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { slackBot } from '../../../shared/notify/channels/slack/slack-bot.ts'
import { teamsWorkflow } from '../../../shared/notify/channels/teams/teams.ts'
import { webhook } from '../../../shared/notify/channels/webhook/webhook.ts'
import type { NotifyDeps } from '../../../shared/notify/deps.ts'
import { handleNotice } from '../../../shared/notify/handle-notice.ts'
import type { Notifier } from '../../../shared/notify/notice.ts'
import type { Target } from '../../../shared/notify/route/routing.ts'
import { wakeWaiting } from '../../../shared/notify/wake.ts'
import { breakers } from '../../../shared/runtime/breaker.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../report/sample.ts'

/** PagerDuty with its state: alerts that are open, by `dedup_key`; a person may close one there. */
export function pagerDutyModel() {
  const open = new Set<string>()
  const events: { readonly action: string; readonly key: string; readonly severity?: string }[] = []
  return {
    open,
    events,
    triggers: () => events.filter(({ action }) => action === 'trigger'),
    well: ({ path, body }: { readonly path: string; readonly body: string }) => {
      if (path.endsWith('/change/enqueue')) return { status: 202, body: { status: 'success' } }
      const { event_action: action, dedup_key: key, payload } = JSON.parse(body)
      events.push({ action, key, severity: payload?.severity })
      if (action === 'trigger') open.add(key)
      else open.delete(key)
      return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } }
    },
  }
}

/** The stage with real channels against loopback receivers; a queue and a clock that jump to what is due next. */
export async function placeWorld(given: {
  readonly addresses: Readonly<Record<string, string>>
  readonly routes: readonly Record<string, unknown>[]
  readonly start?: string
  readonly first?: Incident
  readonly random?: () => number
}) {
  let now = Date.parse(given.start ?? '2026-01-12T09:41:10Z')
  const clock = {
    now: () => new Date(now),
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  if (given.first !== undefined) await store.insert(given.first)
  const control = memoryTable()
  const log = createLog('fatal', () => {})
  let minute = now + 60_000
  const queue: { message: NoticeMessage; at: number }[] = []
  const kept: string[] = []
  const world = { routes: given.routes.map((one) => Route.parse(one)), addresses: { ...given.addresses } }
  const post = { clock, timeoutMs: 2_000 }
  function open({ place }: Target): Notifier {
    const reference = place.slack ?? place.teams ?? place.pagerduty ?? place.webhook ?? ''
    const address = world.addresses[reference]
    if (address === undefined) throw new Error(`${reference}: there is no such secret`)
    if (place.pagerduty !== undefined)
      return pagerDuty(
        { routingKey: 'R0', url: address, ...(place.page === undefined ? {} : { page: place.page }) },
        post,
      )
    if (place.slack !== undefined)
      return slackBot({ token: 'xoxb-1', channel: place.channel ?? 'C1', apiUrl: address }, post)
    return place.teams === undefined ? webhook({ url: address }, post) : teamsWorkflow(address, post)
  }
  const deps: NotifyDeps = {
    store,
    readReport: async () => undefined,
    links: async (id) => ({ report: `https://reports.example/${id}`, feedback: undefined }),
    routing: async () => ({ routes: world.routes, fallback: [] }),
    cluster: async () => ({ environment: '', labels: {} }),
    mutes: muteBook({ control, clock, random: () => 0.5 }).list,
    open: async (target) => open(target),
    control,
    deadLetter: async ({ reason }) => {
      kept.push(reason)
      return `2026-01-12/${kept.length}.json`
    },
    breakers: breakers({
      ...{ control, clock, random: () => 0.5, log, threshold: 3, openMs: 60_000, longestMs: 15 * 60_000 },
      longestOf: () => 60_000,
    }),
    again: async (one, options) =>
      void queue.push({ message: NoticeMessage.parse(one), at: now + (options?.delaySeconds ?? 0) * 1000 }),
    clock,
    random: given.random ?? (() => 0.5),
    log,
  }
  const send = (changes: Record<string, unknown>, seconds = 0) =>
    queue.push({
      message: NoticeMessage.parse({ version: 1, at: new Date(now).toISOString(), ...changes }),
      at: now + seconds * 1000,
    })
  return {
    world,
    deps,
    store,
    control,
    kept,
    queue,
    send,
    now: () => now,
    event: (event: string, incidentId = incident().incidentId, seconds = 0) =>
      send({ id: `${event}:${incidentId}:1`, type: 'incident', event, incidentId }, seconds),
    move: async (to: 'reported' | 'resolved', incidentId = incident().incidentId) => {
      const stored = (await store.current(incidentId))!
      const changes = to === 'reported' ? { reportedAt: new Date(now).toISOString() } : {}
      await store.move(stored, to, { at: new Date(now), note: to, changes })
    },
    /** Delivers what is due in the next so many seconds, each at its time. */
    run: async (seconds: number) => {
      for (const end = now + seconds * 1000; ; ) {
        queue.sort((a, b) => a.at - b.at)
        const [next] = queue
        if (minute <= Math.min(end, next?.at ?? end)) {
          now = Math.max(now, minute)
          minute += 60_000
          await wakeWaiting(deps)
          continue
        }
        if (next === undefined || next.at > end) {
          now = Math.max(now, end)
          return
        }
        queue.shift()
        now = Math.max(now, next.at)
        await handleNotice(deps)(next.message)
      }
    },
  }
}
