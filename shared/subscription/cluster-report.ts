import { withReason } from '../artifacts/cluster-status.ts'
import type { ClusterRow } from '../lease/cluster-row.ts'
import type { LeaseBook } from '../lease/lease-book.ts'
import { type Clock, isoTime } from '../runtime/clock.ts'
import type { Door } from '../runtime/door.ts'
import type { WatchReport } from './watch-report.ts'

/** A foreign server's page would fill the row. */
const MAX_ERROR = 500
/** Heard without a break for so long, a cluster is steady again, and what was before is another story. */
const STEADY_MS = 120_000

/** Turns what a watch tells of itself into columns of its cluster's row. */
export function clusterReport(
  book: Pick<LeaseBook, 'note' | 'stateOf'>,
  name: string,
  { clock, door }: { readonly clock: Pick<Clock, 'now'>; readonly door: Door },
): WatchReport {
  /** Servers put into their refusals what they were called with. */
  const said = (text: string): string => door.clear(text).slice(0, MAX_ERROR)
  let wasActive = false
  const change = (make: (state: ClusterRow, now: string) => Partial<ClusterRow>, urgent = true) => {
    const state = book.stateOf(name)
    if (state !== undefined) book.note(name, make(state, isoTime(clock.now().getTime())), urgent)
  }
  const blind = (state: ClusterRow, now: string, from: string = now): Partial<ClusterRow> =>
    state.blindSince === '' ? { blindSince: from, ...troubled(state, now) } : {}
  return {
    status: (status, error, since) => {
      const text = (error ?? '').slice(0, MAX_ERROR)
      change((state, now) => {
        const stated = state.status === status ? {} : { status, statusSince: now }
        switch (status) {
          case 'active': {
            const again = wasActive && state.status !== 'active' && state.status !== 'subscribing'
            wasActive = true
            return {
              ...stated,
              ...seeing(state, now),
              ...(again ? { reconnectCount: state.reconnectCount + 1 } : {}),
              connectedSince: state.connectedSince || now,
              error: '',
              retryAt: '',
            }
          }
          case 'failed':
            return {
              ...stated,
              ...blind(state, now, since === undefined ? now : isoTime(since)),
              connectedSince: '',
              error: text,
              reasons: withReason(state.reasons, { at: now, text }),
              errorCount: state.errorCount + 1,
              ...step(state, now, 'unreachable', ''),
            }
          case 'connecting':
            return { ...stated, ...blind(state, now), ...(state.status === 'failed' ? { retryAt: '' } : {}) }
          case 'connected':
          case 'subscribing':
          case 'patrol':
          case 'disconnected':
            return { ...stated, ...blind(state, now) }
          default:
            return status satisfies never
        }
      })
    },
    retryAt: (at) => change(() => ({ retryAt: at.toISOString() })),
    event: (at) => change((state) => ({ lastEvent: isoTime(at), eventCount: state.eventCount + 1 }), false),
    trouble: () => change((state) => ({ errorCount: state.errorCount + 1 }), false),
    visited: (patrolMs) =>
      change((_, now) => ({ visitedAt: now, connectedSince: '', retryAt: '', patrolSeconds: patrolMs / 1000 })),
    reconciled: (at, objects) => change(() => ({ reconciledAt: at.toISOString(), seenObjects: objects }), false),
    hears: (source, note, delayMs) =>
      change((state, now) => ({ ...step(state, now, source, said(note)), delaySeconds: Math.round(delayMs / 1000) })),
    refused: (since) => change(() => ({ refusedSince: since === undefined ? '' : isoTime(since) })),
  }
}

const step = (state: ClusterRow, now: string, source: string, note: string): Partial<ClusterRow> => ({
  source,
  note,
  ...(state.source === source ? {} : { sourceSince: now }),
})

/** Clocks of two owners may differ: blind time never shrinks. */
function seeing(state: ClusterRow, now: string): Partial<ClusterRow> {
  if (state.blindSince === '') return {}
  const blind = Math.max(0, Date.parse(now) - Date.parse(state.blindSince))
  return {
    blindSince: '',
    blindMilliseconds: state.blindMilliseconds + blind,
    troubledMilliseconds: state.troubledMilliseconds + blind,
  }
}

/** A cluster that is lost again and again within a short time is in one trouble, however often it is heard in between. */
function troubled(state: ClusterRow, now: string): Partial<ClusterRow> {
  const receivedFor = Date.parse(now) - Date.parse(state.statusSince)
  const goesOn = state.troubledSince !== '' && state.status === 'active' && receivedFor < STEADY_MS
  return goesOn ? { troubles: state.troubles + 1 } : { troubledSince: now, troubledMilliseconds: 0, troubles: 1 }
}
