import type { Blobs } from '../runtime/blobs.ts'
import type { Clock } from '../runtime/clock.ts'
import { errorText } from '../runtime/errors.ts'
import { derivedId } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'

/** In one window. A server that sends more nonsense than this is told of, and only counted. */
const MOST_LETTERS_PER_CLUSTER = 1_000
/** The rest of a larger body is cut: it is kept for people to see what came. */
const MAX_BODY_CHARACTERS = 2_000_000

export type DeadLetterDeps = {
  readonly deadLetters: Pick<Blobs, 'write'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}
export type Letter = {
  readonly queue: string
  readonly cluster?: string
  readonly reason: string
  readonly body: unknown
}

/** Writes what could not be used to container `dead-letters`, once per content and day, in the form of all dead letters. */
export function deadLetterKeeper({ deadLetters, clock, log }: DeadLetterDeps) {
  const kept = new Map<string, number>()
  const pending = new Set<Promise<void>>()

  async function write({ queue, cluster, reason, body }: Letter): Promise<void> {
    const count = (kept.get(cluster ?? '') ?? 0) + 1
    kept.set(cluster ?? '', count)
    if (count > MOST_LETTERS_PER_CLUSTER) {
      if (count === MOST_LETTERS_PER_CLUSTER + 1)
        log.error({ cluster }, `More than ${MOST_LETTERS_PER_CLUSTER} unusable messages: further ones are only counted`)
      return
    }
    const at = clock.now().toISOString()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const name = `${at.slice(0, 10)}/${queue}-${derivedId(24, cluster ?? '', text)}.json`
    const cut = text.length > MAX_BODY_CHARACTERS ? text.slice(0, MAX_BODY_CHARACTERS) : body
    const letter = { version: 1, at, queue, ...(cluster === undefined ? {} : { cluster }), reason, body: cut }
    try {
      await deadLetters.write(name, JSON.stringify(letter, null, 2), { onlyIfNew: true })
      log.warn({ cluster, blob: name }, `Kept aside as dead-letters/${name}: ${reason}`)
    } catch (error) {
      log.error(
        { cluster },
        `A message could not be kept aside (${errorText(error)}): ${reason}: ${text.slice(0, 500)}`,
      )
    }
  }

  return {
    keep: (letter: Letter): void => {
      const writing = write(letter).finally(() => pending.delete(writing))
      pending.add(writing)
    },
    /** Resolves when all that was handed in is written, or known not to be. */
    settled: async (): Promise<void> => {
      await Promise.all(pending)
    },
    /** Of this window, by cluster. */
    count: (cluster: string): number => kept.get(cluster) ?? 0,
  }
}
export type DeadLetterKeeper = ReturnType<typeof deadLetterKeeper>
