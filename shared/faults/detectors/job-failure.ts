import { because, condition, within } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** A Job that failed longer ago is history that nobody has tidied away. */
const HISTORY_SECONDS = 86_400

export const jobFailure: Detector = (view, context) => {
  if (view.kind !== 'Job' || view.metadata.deletionTimestamp) return none
  const failed = condition(view.status?.conditions, 'Failed')
  if (failed?.status !== 'True' || !within(HISTORY_SECONDS, failed.lastTransitionTime, context.now)) return none
  const ownerUid = view.metadata.ownerReferences?.find((owner) => owner.kind === 'CronJob')?.uid
  const cronJob = ownerUid === undefined ? undefined : context.byUid(ownerUid)
  const succeeded = cronJob?.kind === 'CronJob' ? cronJob.status?.lastSuccessfulTime : undefined
  // A later run of the same CronJob went well: the failure is over.
  if (succeeded && Date.parse(succeeded) > Date.parse(failed.lastTransitionTime ?? '')) return none
  return [
    {
      faultType: 'JobFailure',
      severity: failed.reason === 'BackoffLimitExceeded' ? 'critical' : 'warning',
      text: `Job failed${because(failed)}`,
      field: 'status.conditions[type=Failed].status',
    },
  ]
}
