import type { TriageDeps } from './deps.ts'

/** About once an hour: the sweep runs every minute, and a day more or less is nothing here. */
const CHANCE = 1 / 60
/** Some three times an hour. */
const ARCHIVE_CHANCE = 1 / 20
/** Per pass, within seconds; what is left over is taken at the next: more than a fleet opens, day after day. */
const MOST_AT_ONCE = 2_000

/** What is over leaves the place where the open ones are looked for. */
export const archiveIncidents =
  (deps: Pick<TriageDeps, 'store' | 'clock' | 'random' | 'log'>) => async (): Promise<void> => {
    if (deps.random() >= ARCHIVE_CHANCE) return
    const left = await deps.store.archive(deps.clock.now(), MOST_AT_ONCE)
    if (left > 0) deps.log.info({ left }, `${left} incidents that are over were put into the history`)
  }

/** Rows of incidents that are over and older than their reports: without end the lists would take ever longer to read. */
export const forgetIncidents =
  (
    deps: Pick<TriageDeps, 'store' | 'clock' | 'random' | 'log'> & {
      readonly settings: { readonly INCIDENT_KEEP_DAYS: number }
    },
  ) =>
  async (): Promise<void> => {
    if (deps.random() >= CHANCE) return
    const before = new Date(deps.clock.now().getTime() - deps.settings.INCIDENT_KEEP_DAYS * 86_400_000)
    const forgotten = await deps.store.forget(before, MOST_AT_ONCE)
    if (forgotten > 0)
      deps.log.info({ forgotten }, `${forgotten} incidents from before ${before.toISOString()} are forgotten`)
  }
