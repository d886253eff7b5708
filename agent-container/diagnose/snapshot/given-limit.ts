import { z } from 'zod'
import type { Seen, Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

const Range = z.looseObject({
  spec: z.looseObject({
    limits: z.array(
      z.looseObject({ type: z.string(), default: z.looseObject({ memory: z.string().optional() }).optional() }),
    ),
  }),
})

/** The LimitRange that gave a container its memory limit, when its template sets none. */
export function givenLimit(snapshot: Snapshot, subject: Subject, container: string, limit: string): Seen | undefined {
  const written = subject.spec?.containers.find(({ name }) => name === container)?.resources.limits.memory
  if (subject.spec === undefined || subject.kind === 'Pod' || written !== undefined) return undefined
  return snapshot.objects.find(
    (one) =>
      one.kind === 'LimitRange' &&
      one.namespace === subject.namespace &&
      Range.safeParse(one.object).data?.spec.limits.some(
        ({ type, default: by }) => type === 'Container' && by?.memory === limit,
      ) === true,
  )
}
