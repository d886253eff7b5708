import type { Clock } from '../runtime/clock.ts'

/** Clocks of two data centres differ by seconds; Microsoft's advice is to start a quarter of an hour early at most. */
const EARLIER_MS = 5 * 60_000
/** A delegation key lives a week at most, counted by the service's clock. */
const KEY_LIFE_MS = 7 * 24 * 3_600_000 - 30 * 60_000
/** A key is asked for once an hour at most, so that a link of the longest life loses an hour of it and not a day. */
const KEY_FRESH_MS = 3_600_000

export type LinkWindow = { readonly startsOn: Date; readonly expiresOn: Date }
type Expiring = { readonly signedExpiresOn: Date }

export const linkWindow = (clock: Clock, expiresOn: Date): LinkWindow => ({
  startsOn: new Date(clock.now().getTime() - EARLIER_MS),
  expiresOn,
})

/** A link cannot outlive the key that signs it: the service would refuse it from the first day. */
export const within = ({ startsOn, expiresOn }: LinkWindow, key: Expiring): LinkWindow => ({
  startsOn,
  expiresOn: expiresOn < key.signedExpiresOn ? expiresOn : key.signedExpiresOn,
})

/** Keeps the key that the service gives an identity to sign links with; a failure is not kept. */
export function delegationKeys<Key extends Expiring>(
  clock: Clock,
  fetchKey: (from: Date, until: Date) => Promise<Key>,
): () => Promise<Key> {
  let kept: { readonly key: Promise<Key>; readonly since: number } | undefined
  return async () => {
    const now = clock.now().getTime()
    if (kept === undefined || now - kept.since > KEY_FRESH_MS) {
      const key = fetchKey(new Date(now - EARLIER_MS), new Date(now + KEY_LIFE_MS))
      kept = { key, since: now }
    }
    const used = kept
    try {
      return await used.key
    } catch (error) {
      if (kept === used) kept = undefined
      throw error
    }
  }
}
