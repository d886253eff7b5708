import { Heartbeat } from '../artifacts/cluster-status.ts'
import type { Row } from '../runtime/table.ts'
import { version } from '../runtime/version.ts'

/** A plain answer of an HTTP route. */
export type Answer = { readonly status: number; readonly body: unknown }

/** Heartbeats come at least every 30 s; the gap of a restart on a cold instance is well below this. */
const STALE = 180_000

/** 200 while any supervisor lives, else 503. Anonymous, so it tells no details. `heartbeats` is `undefined` when storage is away. */
export function alive(heartbeats: readonly Row[] | undefined, now: Date): Answer {
  if (heartbeats === undefined) return { status: 503, body: { status: 'storage unavailable' } }
  return living(heartbeats, now) > 0
    ? { status: 200, body: { status: 'alive', version } }
    : { status: 503, body: { status: 'no supervisor is alive' } }
}

/** How many supervisors were heard of lately. */
export const living = (heartbeats: readonly Row[], now: Date): number =>
  heartbeats.filter((row) => {
    const beat = Heartbeat.safeParse(row.fields)
    if (!beat.success) return false
    return now.getTime() - new Date(beat.data.at).getTime() < STALE + beat.data.patrolSeconds * 1000
  }).length
