import { Cron } from 'croner'
import { type Detector, none } from '../finding.ts'

/** The controller looks every ten seconds, and the API may be slow: five minutes late is not late by chance. */
const LATE_SECONDS = 300

export const cronJobMissed: Detector = (view, { now }) => {
  if (view.kind !== 'CronJob' || view.metadata.deletionTimestamp || view.spec?.suspend) return none
  const { schedule, timeZone, startingDeadlineSeconds, concurrencyPolicy } = view.spec ?? {}
  const since = view.status?.lastScheduleTime ?? view.metadata.creationTimestamp
  if (!schedule || !since) return none
  // A run that waits for the one before it is what was asked for.
  if (concurrencyPolicy === 'Forbid' && (view.status?.active?.length ?? 0) > 0) return none
  const due = nextRun(schedule, timeZone, since)
  if (due === undefined) return none
  const late = (now.getTime() - due.getTime()) / 1000
  if (late < Math.max(LATE_SECONDS, startingDeadlineSeconds ?? 0)) return none
  return [
    {
      faultType: 'CronJobMissed',
      severity: 'warning',
      text: `CronJob missed its run of ${due.toISOString()}, schedule: ${schedule}, last run: ${view.status?.lastScheduleTime ?? 'never'}`,
      field: 'status.lastScheduleTime',
    },
  ]
}

/** `undefined` for a schedule that cannot be read: whether it is wrong is the API server's to say. */
function nextRun(schedule: string, timeZone: string | null | undefined, since: string): Date | undefined {
  try {
    // The controller runs in UTC where no zone is given (kube-controller-manager's own, UTC in every managed cluster).
    return new Cron(schedule, { timezone: timeZone || 'UTC' }).nextRun(since) ?? undefined
  } catch {
    return undefined
  }
}
