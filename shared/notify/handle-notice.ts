import type { Report } from '../artifacts/report.ts'
import { NoticeMessage, type SendNotice } from '../incident/notices.ts'
import type { IncidentStore } from '../incident/store.ts'
import type { Breakers } from '../runtime/breaker.ts'
import type { Clock } from '../runtime/clock.ts'
import { contend } from '../runtime/contend.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import type { Table } from '../runtime/table.ts'
import { incidentNotice, type Links, standingOf, troubleNotice } from './compose-notice.ts'
import { type NoticeLedger, noticeLedger } from './ledger/ledger.ts'
import { type Notice, type Notifier, Unsure } from './notice.ts'
import { type Routing, type Subject, type Target, waysFor } from './route/routing.ts'

export type NotifyDeps = {
  readonly store: Pick<IncidentStore, 'byId' | 'current' | 'update'>
  readonly readReport: (incidentId: string) => Promise<Report | undefined>
  readonly links: (incidentId: string, hasReport: boolean) => Promise<Links>
  readonly routing: () => Promise<Routing>
  /** `undefined` when there is no such cluster any more. */
  readonly cluster: (
    name: string,
  ) => Promise<{ readonly environment: string; readonly labels: Readonly<Record<string, string>> } | undefined>
  /** Reads the place's secrets; throws when it cannot. */
  readonly open: (target: Target) => Promise<Notifier>
  readonly control: Table
  readonly breakers: Pick<Breakers, 'ask' | 'succeeded' | 'failed'>
  /** Puts it on queue `notices`, to be told later. */
  readonly again: SendNotice
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}
export type Told = 'sent' | 'told-before' | 'not-wanted' | 'deferred' | 'failed'

/** Between the tries of one place that does not take a notice: about three hours in all, then it is a dead letter. */
const TRY_AGAIN_SECONDS = [30, 120, 600, 1_800, 7_200]
/** For a move that is announced to come about. */
const MOVE_PATIENCE_MS = 120_000
const MOVE_SECONDS = 10
/** A place whose breaker stays open for this long: its notices become dead letters, where they are kept. */
const BREAKER_PATIENCE_MS = 24 * 3_600_000
/** The queue's own limit is seven days. */
const LONGEST_DELAY_SECONDS = 6 * 86_400

/** The breaker of one place; its notices name it so, and are not told there. */
export const breakerOf = (target: Pick<Target, 'key'>): string => `notices to ${target.key}`

/**
 * One message of queue `notices`: told once in each place that its route names. A place that must wait (quiet hours, an
 * open breaker, a failure) gets a message of its own, so that no place waits for another.
 */
export const handleNotice =
  (deps: NotifyDeps) =>
  async (body: unknown): Promise<Readonly<Record<string, Told>>> => {
    const parsed = NoticeMessage.safeParse(body)
    if (!parsed.success) throw new GiveUp(`A message on queue notices is no notice: ${parsed.error.issues[0]?.message}`)
    const message = parsed.data
    const composed = await compose(deps, message)
    if (composed === 'void') return {}
    if (composed === 'not-yet') {
      const age = deps.clock.now().getTime() - Date.parse(message.at)
      if (age < MOVE_PATIENCE_MS) await deps.again(message, { delaySeconds: MOVE_SECONDS })
      return {}
    }
    const told: Record<string, Told> = {}
    const ledger = noticeLedger(deps)
    for (const { target, at } of waysFor(await deps.routing(), composed.subject, deps.clock.now())) {
      const { key } = target
      if (message.places !== undefined && !message.places.includes(key)) continue
      if ('what' in message && message.what === breakerOf(target) && message.type === 'degraded') continue
      told[key] =
        at === undefined ? await tell(deps, ledger, message, composed, target) : await defer(deps, message, target, at)
    }
    deps.log.info({ notice: message.id, told }, `Notice ${message.id}: ${summary(told)}`)
    if (deps.random() < FORGET_CHANCE) await ledger.forget(MOST_FORGOTTEN)
    return told
  }

/** Old rows go a few at a time; more often than they come. */
const FORGET_CHANCE = 0.05
const MOST_FORGOTTEN = 100

type Composed = { readonly notice: Notice; readonly subject: Subject; readonly about: string; readonly since: string }

async function compose(deps: NotifyDeps, message: NoticeMessage): Promise<Composed | 'not-yet' | 'void'> {
  if (message.type !== 'incident') {
    const notice = troubleNotice(message)
    const known = notice.cluster === undefined ? undefined : await deps.cluster(notice.cluster)
    const { severity, cluster } = notice
    const subject = { severity, cluster, environment: known?.environment ?? '', labels: known?.labels ?? {} }
    return { notice, subject, about: message.id, since: message.at }
  }
  const incident = await deps.store.byId(message.incidentId)
  if (incident === undefined) return 'void'
  const standing = standingOf(message.event, incident)
  if (standing !== 'so') return standing
  const { severity, cluster, environment, labels, incidentId } = incident
  const hasReport = incident.reportedAt !== undefined
  const report = hasReport ? await deps.readReport(incidentId) : undefined
  const notice = incidentNotice(message.event, incident, report, await deps.links(incidentId, hasReport))
  return { notice, subject: { severity, cluster, environment, labels }, about: incidentId, since: incident.createdAt }
}

async function tell(
  deps: NotifyDeps,
  ledger: NoticeLedger,
  message: NoticeMessage,
  { notice, about, since }: Composed,
  target: Target,
): Promise<Told> {
  const { key } = target
  let notifier: Notifier
  try {
    notifier = await deps.open(target)
  } catch (error) {
    return refused(deps, message, target, error)
  }
  if (!notifier.takes(notice)) return 'not-wanted'
  const admitted = await deps.breakers.ask(breakerOf(target))
  if (!admitted.go) {
    const age = deps.clock.now().getTime() - Date.parse(message.at)
    if (age > BREAKER_PATIENCE_MS) throw new Error(`${key} has not taken ${message.id} for a day`)
    return defer(deps, message, target, admitted.retryAt)
  }
  const onlyIfKnown = notice.kind === 'incident' && notice.event === 'resolved'
  const claim = await ledger.claim({ place: key, subject: about, since, id: message.id, onlyIfKnown })
  switch (claim.state) {
    case 'told':
      return 'told-before'
    case 'unknown':
      return 'not-wanted'
    case 'busy':
      return defer(deps, message, target, new Date(deps.clock.now().getTime() + claim.seconds * 1000))
    case 'yours': {
      let ref: string | undefined
      try {
        ref = await notifier.send(notice, { id: message.id, ref: claim.ref, unsure: claim.unsure })
      } catch (error) {
        await (error instanceof Unsure ? ledger.unsure(claim.held) : ledger.failed(claim.held))
        return refused(deps, message, target, error)
      }
      await ledger.told(claim.held, ref)
      await deps.breakers.succeeded(breakerOf(target))
      await noteInIncident(deps, message, key, ref)
      return 'sent'
    }
    default:
      return claim satisfies never
  }
}

async function refused(deps: NotifyDeps, message: NoticeMessage, target: Target, error: unknown): Promise<Told> {
  const { key } = target
  const why = errorText(error)
  const attempt = message.attempt ?? 0
  const seconds = TRY_AGAIN_SECONDS[attempt]
  deps.log.error({ notice: message.id, place: key, attempt }, `${key} did not take notice ${message.id}: ${why}`)
  await deps.breakers.failed(breakerOf(target), why)
  if (seconds === undefined) throw new Error(`${key} did not take notice ${message.id} in ${attempt + 1} tries: ${why}`)
  await deps.again({ ...message, places: [key], attempt: attempt + 1 }, { delaySeconds: seconds })
  return 'failed'
}

async function defer(deps: NotifyDeps, message: NoticeMessage, target: Target, at: Date): Promise<Told> {
  const seconds = Math.ceil((at.getTime() - deps.clock.now().getTime()) / 1000)
  // A moment of chance, so that what waited for the same minute does not come in the same second.
  const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(1, seconds) + Math.floor(deps.random() * 5))
  await deps.again({ ...message, places: [target.key] }, { delaySeconds })
  return 'deferred'
}

/** For whoever looks at the incident: where people were told of it. The ledger decides; this only shows. */
async function noteInIncident(deps: NotifyDeps, message: NoticeMessage, place: string, ref: string | undefined) {
  if (message.type !== 'incident') return
  const at = deps.clock.now().toISOString()
  try {
    await contend(deps, `Notices of ${message.incidentId}`, async () => {
      const stored = await deps.store.current(message.incidentId)
      if (stored === undefined) return
      const mark = { state: 'sent', at, ...(ref === undefined ? {} : { ref: ref.slice(0, 500) }) } as const
      return deps.store.update(stored, { notices: { ...stored.incident.notices, [place]: mark } })
    })
  } catch (error) {
    deps.log.warn(
      { incidentId: message.incidentId, place },
      `The incident does not show its notice: ${errorText(error)}`,
    )
  }
}

const summary = (told: Readonly<Record<string, Told>>): string =>
  Object.entries(told)
    .map(([place, what]) => `${place} ${what}`)
    .join(', ') || 'nobody is to be told'
