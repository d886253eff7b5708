import { Cron } from 'croner'
import { type Context, condition } from '../context.ts'
import { defineKind, type Sign } from '../sign.ts'
import type { ViewOf } from '../view/view.ts'

type CronJob = ViewOf<'CronJob'>

/** The controller looks every ten seconds, and the API may be slow: five minutes late is not late by chance. */
const LATE_SECONDS = 300
/** A run that takes so many turns of the schedule has left its former ones far behind, or hangs. */
const TURNS = 3
/** A run that is over is written down within seconds. */
const SETTLED_SECONDS = 30

export const cronJob = defineKind({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  signs: (view, context) => {
    if (view.metadata.deletionTimestamp || view.spec?.suspend) return []
    return [...missed(view, context), ...failing(view, context)]
  },
  progress: ({ spec, status }) => (!spec?.suspend && (status?.active?.length ?? 0) > 0 ? 'a run is active' : undefined),
})

function missed(view: CronJob, { now }: Context): Sign[] {
  const { startingDeadlineSeconds, concurrencyPolicy } = view.spec ?? {}
  const since = view.status?.lastScheduleTime ?? view.metadata.creationTimestamp
  if (!since) return []
  const [due, ...later] = nextRuns(view, since, TURNS)
  if (due === undefined) return []
  // A run that waits for the one before it is what was asked for, for a while.
  const waits = concurrencyPolicy === 'Forbid' && (view.status?.active?.length ?? 0) > 0
  // After a suspension nothing that is past its deadline is caught up: the next turn is the first to count.
  const counted = waits ? later.at(-1) : startingDeadlineSeconds ? (later[0] ?? due) : due
  if (counted === undefined) return []
  const late = (now.getTime() - counted.getTime()) / 1000
  if (late < Math.max(LATE_SECONDS, startingDeadlineSeconds ?? 0)) return []
  const why = waits ? `, it may not run beside the one that is active since then` : ''
  return [
    {
      reason: 'CronJobMissed',
      message: `CronJob missed its run of ${due.toISOString()}, schedule: ${view.spec?.schedule}, last run: ${view.status?.lastScheduleTime ?? 'never'}${why}`,
      field: 'status.lastScheduleTime',
      harm: { severity: 'warning', words: 'runs are missed' },
    },
  ]
}

/**
 * Its last run that is over did not succeed: said of the CronJob itself, since its failed Jobs are tidied away while the
 * trouble goes on.
 */
function failing(view: CronJob, { now, inNamespace }: Context): Sign[] {
  const { lastScheduleTime, lastSuccessfulTime, active } = view.status ?? {}
  // Without a good run to compare with, its Jobs tell what there is to tell.
  if (!lastScheduleTime || !lastSuccessfulTime) return []
  const [due] = nextRuns(view, lastSuccessfulTime, 1)
  const scheduled = Date.parse(lastScheduleTime)
  if (due === undefined) return []
  if ((active?.length ?? 0) > 0) {
    // Only a run before the one at work can have failed; after a suspension there may be none, so its Job must be there.
    const seen = inNamespace('Job', view.metadata.namespace).some(
      ({ metadata, status }) =>
        metadata.ownerReferences?.some(({ uid }) => uid === view.metadata.uid) &&
        condition(status?.conditions, 'Failed')?.status === 'True',
    )
    if (due.getTime() >= scheduled || !seen) return []
  } else if (due.getTime() > scheduled || now.getTime() - scheduled < SETTLED_SECONDS * 1000) return []
  return [
    {
      reason: 'JobFailure',
      message: `CronJob does not succeed: its last good run ended at ${lastSuccessfulTime}, the last one began at ${lastScheduleTime}`,
      field: 'status.lastSuccessfulTime',
      harm: { severity: 'warning', words: 'runs do not succeed' },
    },
  ]
}

/** None for a schedule that cannot be read: whether it is wrong is the API server's to say. */
function nextRuns({ spec }: CronJob, since: string, count: number): readonly Date[] {
  try {
    // The controller runs in UTC where no zone is given (kube-controller-manager's own, UTC in every managed cluster).
    return new Cron(spec?.schedule ?? '', { timezone: spec?.timeZone || 'UTC' }).nextRuns(count, since)
  } catch {
    return []
  }
}
