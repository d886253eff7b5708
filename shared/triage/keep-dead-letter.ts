import { z } from 'zod'
import type { TriageDeps } from './deps.ts'

/** What is kept of something that could not be handled. */
const DeadLetter = z.strictObject({
  version: z.literal(1),
  at: z.iso.datetime(),
  queue: z.string(),
  cluster: z.string().optional(),
  reason: z.string(),
  body: z.unknown(),
})

/** Writes it to container `dead-letters`, once per id and day, and says so in the log; answers the blob's name. */
export const keepDeadLetter =
  (deps: Pick<TriageDeps, 'deadLetters' | 'clock' | 'log'>) =>
  async (letter: { id: string; queue: string; cluster?: string | undefined; reason: string; body: unknown }) => {
    const at = deps.clock.now().toISOString()
    const name = `${at.slice(0, 10)}/${letter.id.replace(/[^\w-]/g, '-').slice(0, 200)}.json`
    const { queue, cluster, reason, body } = letter
    const kept = DeadLetter.parse({
      version: 1,
      at,
      queue,
      reason,
      body,
      ...(cluster === undefined ? {} : { cluster }),
    })
    await deps.deadLetters.write(name, JSON.stringify(kept, null, 2), { onlyIfNew: true })
    deps.log.error({ queue, cluster, blob: name }, `Kept aside as dead-letters/${name}: ${reason}`)
    return name
  }

/** The cluster that something claims to come from, whatever else is wrong with it. */
export function claimedCluster(body: unknown): string | undefined {
  const parsed = z.looseObject({ cluster: z.string().max(300) }).safeParse(body)
  return parsed.success ? parsed.data.cluster : undefined
}
