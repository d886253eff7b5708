import type { Incident } from '../../../shared/incident/incident.ts'
import { muteBook } from '../../../shared/incident/mute-book.ts'
import { noticesTo } from '../../../shared/incident/notices.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import type { NotifyDeps } from '../../../shared/notify/deps.ts'
import { handleNotice } from '../../../shared/notify/handle-notice.ts'
import { wakeWaiting } from '../../../shared/notify/wake.ts'
import { breakers } from '../../../shared/runtime/breaker.ts'
import { closeUnwatched } from '../../../shared/triage/close-unwatched.ts'
import { resolveQuiet } from '../../../shared/triage/settle-incidents.ts'
import { watchClusters } from '../../../shared/triage/watch-clusters.ts'
import { memoryQueue } from '../../fakes/memory-queue.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { queueWorker, timer, waitedQueue } from '../hosts.ts'
import { BEGINNING, calm, type Mortal, type Sky, type Weather } from '../mortal.ts'
import { queueOf, tableOf } from '../ports.ts'
import { incidentIn } from '../stores.ts'
import { virtualTime } from '../virtual-time.ts'
import { author } from './author.ts'
import { checkPlaces } from './check-places.ts'
import { directoryModel } from './directory.ts'
import { moodAt, type PlaceKind, placeKinds, placesPlan } from './plan.ts'
import { receiverModel } from './receivers.ts'

export type PlacesOutcome = {
  readonly seed: number
  readonly violations: readonly string[]
  readonly history: readonly string[]
  readonly happened: number
  readonly incidents: number
  /** Taken by receivers. */
  readonly told: number
  /** Kept aside, since a place did not take it. */
  readonly kept: number
}

const QUIET_SECONDS = 60
const SWEEP_MS = 240_000
const WAKE_MS = 60_000
const CALM_WAKE_MS = 5 * 60_000
const CALM_STEP_MS = 10 * 60_000
/** No quiet hours, breaker, pause and delay together last longer. */
const LONGEST_MS = 36 * 3_600_000

/** One schedule of places that fail, from its beginning until nothing waits any more, and whether the promises held. */
export async function simulatePlaces(
  seed: number,
  options: { readonly record?: boolean; readonly weather?: Weather } = {},
): Promise<PlacesOutcome> {
  const plan = placesPlan(seed, options.weather)
  const { chance } = plan
  const time = virtualTime()
  const history: string[] = []
  const note = (who: string, what: string) =>
    history.push(`${(time.now() / 1000).toFixed(1).padStart(9)}  ${who.padEnd(16)} ${what}`)
  const record = options.record === true
  const sky: Sky = {
    ...{ weather: plan.weather, actor: '', begun: new Map(), time, chance },
    note: record ? note : undefined,
  }
  const clock = { now: () => new Date(BEGINNING + time.now()), sleep: async () => {} }
  const tables = { incidents: memoryTable(), history: memoryTable() }
  const [control, clusterRows] = [memoryTable(), memoryTable()]
  const [notices, poison] = [waitedQueue(sky, memoryQueue(clock)), waitedQueue(sky, memoryQueue(clock))]
  const kept: string[] = []
  let chaos = true
  const receivers = new Map(
    placeKinds.map((kind) => [
      kind,
      receiverModel(sky, kind, () => (chaos ? moodAt(plan.spells[kind], time.now()) : 'well')),
    ]),
  )
  const directory = directoryModel(sky, plan, clusterRows)
  await directory.begin()
  const isThere = (name: string) => !plan.left.some(({ cluster, at }) => cluster === name && at <= time.now())

  const logOf = (who: Mortal) => {
    const line = (_: unknown, text?: string) => sky.note?.(who.name, `says: ${text ?? ''}`)
    return { debug: line, info: line, warn: line, error: line }
  }
  const common = (who: Mortal) => ({ clock: who.clock, random: chance.next, log: logOf(who) })
  const controlOf = (who: Mortal) => tableOf(who, 'control', control)
  const storeOf = (who: Mortal) =>
    incidentStore({
      incidents: tableOf(who, 'incidents', tables.incidents),
      history: tableOf(who, 'history', tables.history),
    })
  const sendOf = (who: Mortal) => noticesTo(queueOf(who, 'notices', notices))
  const routesNow = () => (plan.later !== undefined && plan.later.from <= time.now() ? plan.later.routes : plan.routes)

  const notify = (who: Mortal): NotifyDeps => ({
    ...common(who),
    store: storeOf(who),
    readReport: async () => undefined,
    links: async () => ({ report: undefined, feedback: undefined }),
    mutes: muteBook({ ...common(who), control: controlOf(who) }).list,
    routing: async () => ({ routes: routesNow(), fallback: [] }),
    cluster: async (name) => directory.inForce(name),
    open: async ({ place }) => {
      const kind: PlaceKind =
        place.pagerduty !== undefined
          ? 'page'
          : place.slack !== undefined
            ? 'bot'
            : place.webhook !== undefined
              ? 'hook'
              : 'board'
      const model = receivers.get(kind)
      if (model === undefined) throw new Error(`there is no ${kind}`)
      return model.notifier(who)
    },
    control: controlOf(who),
    breakers: breakers({
      ...{ ...common(who), control: controlOf(who), threshold: 3, openMs: 60_000, longestMs: 900_000 },
      longestOf: () => 60_000,
    }),
    again: sendOf(who),
    deadLetter: async ({ id, reason }) => {
      kept.push(reason)
      return `${id}.json`
    },
  })
  const sweep = async (who: Mortal): Promise<void> => {
    const deps = {
      ...{ ...common(who), store: storeOf(who), control: controlOf(who), notify: sendOf(who) },
      clusterRows: tableOf(who, 'clusters', clusterRows),
      cluster: async (name: string) => directory.inForce(name),
      settings: { QUIET_PERIOD_SECONDS: QUIET_SECONDS, CLUSTER_UNREACHABLE_SECONDS: 300 },
    }
    await resolveQuiet(deps)()
    const left = await watchClusters(deps)()
    if (left.length > 0) await closeUnwatched(deps)(left)
  }

  const { visibilitySeconds } = plan
  for (const name of ['notify-a', 'notify-b'])
    queueWorker(
      sky,
      name,
      { queue: notices, poison, visibilitySeconds },
      (who) => (body) => handleNotice(notify(who))(body),
    )
  timer(sky, 'sweep', () => (chaos ? SWEEP_MS : CALM_STEP_MS), sweep)
  timer(
    sky,
    'wake',
    () => (chaos ? WAKE_MS : CALM_WAKE_MS),
    async (who) => wakeWaiting(notify(who)),
  )
  const begin = author(sky, incidentStore(tables), noticesTo(notices), isThere)
  for (const life of plan.lives) begin(life)

  await time.runUntil(plan.chaosMs)
  chaos = false
  sky.weather = calm
  sky.note?.('the world', 'CALM: nothing goes wrong any more')
  const incidents = (): readonly Incident[] => tables.incidents.rows().map(incidentIn)
  const rests = () =>
    notices.messages.length === 0 &&
    incidents().every(
      ({ status, absentSince, cluster }) => status === 'resolved' || (absentSince === undefined && isThere(cluster)),
    ) &&
    !control.rows().some(({ partition }) => partition === 'unreachable')
  for (const end = time.now() + LONGEST_MS; time.now() < end; ) {
    await time.runUntil(time.now() + CALM_STEP_MS)
    if (rests()) break
  }
  const all = [...incidents(), ...tables.history.rows().map(incidentIn)]
  const violations = checkPlaces({
    ...{ plan, now: time.now(), incidents: all, kept, isThere },
    receivers: [...receivers.values()],
    waiting: notices.messages.map(({ body }) => body),
    poisoned: poison.messages.map(({ body }) => body),
  })
  for (const one of violations) sky.note?.('checker', `VIOLATION ${one}`)
  const told = [...receivers.values()].reduce((sum, { taken }) => sum + taken.length, 0)
  return {
    ...{ seed, violations, history, happened: time.happened() },
    ...{ incidents: all.length, told, kept: kept.length },
  }
}
