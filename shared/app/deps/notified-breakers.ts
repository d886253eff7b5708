import { queues, tables } from '../../artifacts/layout.ts'
import { noticesTo } from '../../incident/notices.ts'
import { breakerOf } from '../../notify/deps.ts'
import { type BreakerChange, type Breakers, breakers } from '../../runtime/breaker.ts'
import { onlyReports, triageOf } from '../../runtime/breaker-names.ts'
import type { Log } from '../../runtime/log.ts'
import type { Platform } from '../platform.ts'

/** What fails is left alone for this long at first, and at most; what is meant for it waits, or does without. */
const OPEN_MS = 60_000
const LONGEST_OPEN_MS = 15 * 60_000

/** That a place is back is to be known within a minute: people wait for what it was not told. */
const isPlace = (name: string): boolean => name.startsWith(breakerOf({ key: '' }))

/** So that the places of this cluster hear of it. */
const ofCluster = (name: string) => {
  const cluster = triageOf(name)
  return cluster === undefined ? {} : { cluster }
}

export type BreakersPlatform = Pick<Platform, 'settings' | 'clock' | 'random'> & {
  readonly storage: Pick<Platform['storage'], 'table' | 'queue'>
}

/** Breakers whose changes people hear of. */
export function notifiedBreakers(platform: BreakersPlatform, log: Log): Breakers {
  const { settings, storage, clock, random } = platform
  const notify = noticesTo(storage.queue(queues.notices))
  const report = ({ to, name, opening, failures, since, reasons, retryAt }: BreakerChange) => {
    const common = {
      version: 1,
      id: `${to}:${name}:${opening}`,
      at: clock.now().toISOString(),
      what: name,
      ...ofCluster(name),
    } as const
    const state = { failures, since, reasons: [...reasons] }
    if (to === 'recovered') return notify({ ...common, type: 'recovered', ...state })
    return notify({
      ...common,
      type: 'degraded',
      ...state,
      ...(retryAt === '' || onlyReports(name) ? {} : { retryAt }),
    })
  }
  return breakers({
    control: storage.table(tables.control),
    clock,
    random,
    log,
    threshold: settings.FAILURE_THRESHOLD_FOR_ALERT,
    openMs: OPEN_MS,
    longestMs: LONGEST_OPEN_MS,
    longestOf: (name) => (isPlace(name) ? OPEN_MS : undefined),
    onChange: report,
  })
}
