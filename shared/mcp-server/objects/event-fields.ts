import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'

const text = z
  .string()
  .nullish()
  .catch('')
  .transform((value) => value ?? '')
const about = z.looseObject({ kind: text, name: text }).nullish().catch(undefined)
/** Both forms: of the core group, and of events.k8s.io. */
const Fields = z.looseObject({
  type: text,
  reason: text,
  message: text,
  note: text,
  count: z.number().nullish().catch(undefined),
  deprecatedCount: z.number().nullish().catch(undefined),
  firstTimestamp: text,
  lastTimestamp: text,
  deprecatedLastTimestamp: text,
  eventTime: text,
  series: z
    .looseObject({ lastObservedTime: text, count: z.number().nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
  involvedObject: about,
  regarding: about,
  source: z.looseObject({ component: text }).nullish().catch(undefined),
  deprecatedSource: z.looseObject({ component: text }).nullish().catch(undefined),
  reportingComponent: text,
  reportingController: text,
})

export type EventFields = {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly object: string
  readonly from: string
  readonly count: number
  /** When it was seen last; 0 when nothing says so. */
  readonly at: number
}

/** What an event says, whoever wrote it: newer components leave the old stamps and the count empty. */
export function eventFields(object: KubeObject): EventFields {
  const one = Fields.parse(object)
  const subject = one.involvedObject ?? one.regarding
  const stamps = [
    one.series?.lastObservedTime,
    one.lastTimestamp,
    one.deprecatedLastTimestamp,
    one.eventTime,
    one.firstTimestamp,
  ]
  const at = [...stamps, object.metadata.creationTimestamp]
    .map((stamp) => Date.parse(stamp ?? ''))
    .find((time) => time > 0)
  return {
    type: one.type,
    reason: one.reason,
    message: (one.message || one.note).replace(/\s+/g, ' ').trim(),
    object: `${subject?.kind ?? ''}/${subject?.name ?? ''}`,
    from: one.source?.component || one.deprecatedSource?.component || one.reportingComponent || one.reportingController,
    count: Math.max(one.series?.count ?? 0, one.count ?? 0, one.deprecatedCount ?? 0, 1),
    at: at ?? 0,
  }
}
