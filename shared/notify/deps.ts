import type { Report } from '../artifacts/report.ts'
import type { Mute } from '../incident/mute.ts'
import type { SendNotice } from '../incident/notices.ts'
import type { IncidentStore } from '../incident/store.ts'
import type { Breakers } from '../runtime/breaker.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import type { Table } from '../runtime/table.ts'
import type { Links } from './compose-notice.ts'
import type { Notifier } from './notice.ts'
import type { Routing, Target } from './route/routing.ts'

export type NotifyDeps = {
  readonly store: Pick<IncidentStore, 'byId' | 'current' | 'update'>
  readonly readReport: (incidentId: string) => Promise<Report | undefined>
  readonly links: (incidentId: string, hasReport: boolean) => Promise<Links>
  readonly routing: () => Promise<Routing>
  /** `undefined` when there is no such cluster any more. */
  readonly cluster: (
    name: string,
  ) => Promise<{ readonly environment: string; readonly labels: Readonly<Record<string, string>> } | undefined>
  /** Those in force now. */
  readonly mutes: () => Promise<readonly Mute[]>
  /** Reads the place's secrets; throws when it cannot. */
  readonly open: (target: Target) => Promise<Notifier>
  readonly control: Table
  readonly breakers: Pick<Breakers, 'ask' | 'succeeded' | 'failed' | 'state'>
  /** Puts it on queue `notices`, to be told later. */
  readonly again: SendNotice
  /** Keeps what a place does not take, and answers where. */
  readonly deadLetter: (letter: {
    readonly id: string
    readonly queue: string
    readonly cluster?: string | undefined
    readonly reason: string
    readonly body: unknown
  }) => Promise<string>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}
/** What became of a notice in one place. */
export type DeliveryResult =
  | 'sent'
  | 'told-before'
  | 'not-wanted'
  | 'overtaken'
  | 'deferred'
  | 'failed'
  | 'given-up'
  /** Too many of its kind in this minute: counted, and told with the others. */
  | 'folded'
  /** It was sent once more since, and that one counts. */
  | 'sent-anew'

/** The breaker of one place; its notices name it so, and are not told there. */
export const breakerOf = (target: Pick<Target, 'key'>): string => `notices to ${target.key}`
