import { because, type Context, condition, olderThan, within } from '../context.ts'
import { defineKind, type Sign, type Signs } from '../sign.ts'
import type { ViewOf } from '../view/view.ts'

type Job = ViewOf<'Job'>

/** A Job that failed longer ago is history that nobody has tidied away. */
const HISTORY_SECONDS = 86_400
/** What a container does after the work has ended: send its last metrics, flush its logs. */
const HELD_SECONDS = 600
/** Nothing serves from a Job: what it does not do is missing, and when. */
const harm = { severity: 'warning', words: 'a run did not succeed' } as const

const failed: Signs<Job> = (job, context) => {
  const failure = condition(job.status?.conditions, 'Failed')
  if (failure?.status !== 'True' || !within(HISTORY_SECONDS, failure.lastTransitionTime, context.now)) return []
  if (hasSucceededSince(job, failure.lastTransitionTime ?? '', context)) return []
  return [
    {
      reason: 'JobFailure',
      message: `Job failed${because(failure)}`,
      field: 'status.conditions[type=Failed].status',
      since: failure.lastTransitionTime ?? undefined,
      harm,
      ...(failure.reason ? { mark: failure.reason } : {}),
    },
  ]
}

/** A later run of the same CronJob, or of the same images in the same namespace, went well: somebody tried again. */
function hasSucceededSince(job: Job, time: string, { byUid, inNamespace }: Context): boolean {
  const ownerUid = job.metadata.ownerReferences?.find((owner) => owner.kind === 'CronJob')?.uid
  const cronJob = ownerUid === undefined ? undefined : byUid(ownerUid)
  const succeeded = cronJob?.kind === 'CronJob' ? cronJob.status?.lastSuccessfulTime : undefined
  if (succeeded && Date.parse(succeeded) > Date.parse(time)) return true
  const images = imagesOf(job)
  return (
    images !== '' &&
    inNamespace('Job', job.metadata.namespace).some((other) => {
      const { completionTime } = other.status ?? {}
      return completionTime && Date.parse(completionTime) > Date.parse(time) && alike(images, imagesOf(other))
    })
  )
}

const imagesOf = ({ spec }: Job): string =>
  (spec?.template?.spec?.containers ?? []).map(({ name, image }) => `${name} ${withoutTag(image ?? '')}`).join()
/** The next try may be with the image that mended it. */
const withoutTag = (image: string): string => image.replace(/(@sha256:[0-9a-f]+|:[^/:]+)$/, '')
const alike = (a: string, b: string): boolean => a === b

/** Its work is done, and a container that does not end by itself keeps it running. */
const heldOpen: Signs<Job> = (job, context) => {
  if (job.spec?.suspend || (job.status?.active ?? 0) === 0) return []
  return context.podsOf(job.metadata.uid).flatMap((pod): Sign[] => {
    if (pod.metadata.deletionTimestamp || pod.status?.phase !== 'Running') return []
    const statuses = pod.status.containerStatuses ?? []
    const done = statuses.filter(({ state }) => state?.terminated?.exitCode === 0)
    const runs = statuses.filter(({ state }) => state?.running)
    const ended = done
      .map(({ state }) => state?.terminated?.finishedAt ?? '')
      .sort()
      .at(-1)
    if (done.length === 0 || runs.length === 0 || done.length + runs.length < statuses.length) return []
    if (!olderThan(HELD_SECONDS, ended, context.now)) return []
    const names = runs.map(({ name }) => name).join(', ')
    return [
      {
        reason: 'JobHeldOpen',
        message: `Job does not end: container ${done.map(({ name }) => name).join(', ')} of ${pod.metadata.name} ended well at ${ended}, and ${names} keeps running`,
        field: 'status.active',
        since: ended,
        harm: { severity: 'warning', words: 'a run does not end' },
        mark: names,
      },
    ]
  })
}

export const job = defineKind({
  apiVersion: 'batch/v1',
  kind: 'Job',
  signs: (view, context) =>
    view.metadata.deletionTimestamp ? [] : [...failed(view, context), ...heldOpen(view, context).slice(0, 1)],
  progress: ({ spec, status }) => (!spec?.suspend && (status?.active ?? 0) > 0 ? 'it runs' : undefined),
})
