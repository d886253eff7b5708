import { z } from 'zod'
import { containers, queues } from '../../artifacts/layout.ts'
import type { PlaceState } from '../../config/discovered.ts'
import { moves } from '../../config/remembered.ts'
import { noticesTo } from '../../incident/notices.ts'
import { derivedId } from '../../runtime/ids.ts'
import type { Platform } from '../platform.ts'

/** What people were told that a place tells of; `turn` counts the changes. */
const Notified = z.strictObject({
  version: z.literal(1),
  turn: z.number().int(),
  names: z.array(z.string()).max(25_000),
  soon: z.string(),
})
const MAX_BYTES = 4 * 1024 * 1024
const MOST_NAMES = 20
const notifiedName = (key: string): string => `told-discovery-${derivedId(16, key)}.json`

export type ClustersPlatform = Pick<Platform, 'clock'> & {
  readonly storage: Pick<Platform['storage'], 'blobs' | 'queue'>
}

/**
 * Each cluster that comes or goes is told once, those of one look in one notice, and once that a place will soon tell of
 * none. The first list of a place is no news: whoever has just written it down knows. Sent before it is noted, under a name that is
 * made of the change, so that a crash in between tells nothing twice.
 */
export async function notifyClusters({ storage, clock }: ClustersPlatform, place: PlaceState): Promise<void> {
  const { key, name, believed } = place
  if (believed === undefined) return
  const blobs = storage.blobs(containers.config)
  const blob = await blobs.read(notifiedName(key), MAX_BYTES)
  const before = Notified.safeParse(parsed(blob?.text)).data
  const turn = (before?.turn ?? 0) + 1
  const { came, went } = moves(before?.names ?? believed.names, believed.names)
  // A look that could not ask for the end of its token has not taken it back.
  const soon = believed.soon || (before?.soon ?? '')
  const isNew = soon !== '' && soon !== before?.soon
  if (before !== undefined && came.length === 0 && went.length === 0 && soon === before.soon) return
  const { names } = believed
  if (came.length > 0 || went.length > 0 || isNew) {
    const change = derivedId(16, key, String(turn), ...came, '', ...went, '', isNew ? soon : '')
    await noticesTo(storage.queue(queues.notices))({
      ...{ version: 1, type: 'clusters-changed', id: `clusters:${change}`, at: clock.now().toISOString() },
      ...{ place: name.slice(0, 200), came: some(came), went: some(went), soon: isNew ? soon.slice(0, 500) : '' },
    })
  }
  const text = JSON.stringify({ version: 1, turn, names: [...names], soon } satisfies z.infer<typeof Notified>)
  // Another that was quicker has told the same.
  await blobs.write(notifiedName(key), text, blob === undefined ? { onlyIfNew: true } : { onlyIfEtag: blob.etag })
}

/** What a place tells may be longer than the name of a cluster may be. */
const MOST_OF_NAME = 63
const some = (names: readonly string[]) => ({
  count: names.length,
  names: names.slice(0, MOST_NAMES).map((one) => one.slice(0, MOST_OF_NAME)),
})

/** Written by us; one that cannot be read counts as none. */
function parsed(text = ''): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
