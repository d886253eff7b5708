import { withReason } from '../artifacts/cluster-status.ts'
import type { ClusterRow } from '../lease/cluster-row.ts'
import type { LeaseBook } from '../lease/lease-book.ts'
import { type Clock, isoTime } from '../runtime/clock.ts'
import type { WatchReport } from './watch-report.ts'

/** A foreign server's page would fill the row. */
const MAX_ERROR = 500

/** Turns what a watch tells of itself into columns of its cluster's row. */
export function clusterReport(
  book: Pick<LeaseBook, 'note' | 'stateOf'>,
  name: string,
  clock: Pick<Clock, 'now'>,
): WatchReport {
  const change = (make: (state: ClusterRow, now: string) => Partial<ClusterRow>, urgent = true) => {
    const state = book.stateOf(name)
    if (state !== undefined) book.note(name, make(state, isoTime(clock.now().getTime())), urgent)
  }
  return {
    status: (status, error = '') =>
      change((state, now) => {
        const since = state.status === status ? {} : { status, statusSince: now }
        switch (status) {
          case 'active':
            return {
              ...since,
              ...seeing(state, now),
              connectedSince: state.connectedSince || now,
              error: '',
              retryAt: '',
            }
          case 'failed':
            return {
              ...since,
              blindSince: state.blindSince || now,
              connectedSince: '',
              error: error.slice(0, MAX_ERROR),
              reasons: withReason(state.reasons, { at: now, text: error.slice(0, MAX_ERROR) }),
              errorCount: state.errorCount + 1,
            }
          case 'connecting': {
            const again = state.status === 'failed' ? { reconnectCount: state.reconnectCount + 1, retryAt: '' } : {}
            return { ...since, ...again, blindSince: state.blindSince || now }
          }
          case 'connected':
          case 'subscribing':
          case 'patrol':
          case 'disconnected':
            return { ...since, blindSince: state.blindSince || now }
          default:
            return status satisfies never
        }
      }),
    retryAt: (at) => change(() => ({ retryAt: at.toISOString() })),
    event: (at) => change((state) => ({ lastEvent: isoTime(at), eventCount: state.eventCount + 1 }), false),
    trouble: () => change((state) => ({ errorCount: state.errorCount + 1 }), false),
    visited: (patrolMs) =>
      change((_, now) => ({ visitedAt: now, connectedSince: '', retryAt: '', patrolSeconds: patrolMs / 1000 })),
    reconciled: (at) => change(() => ({ reconciledAt: at.toISOString() }), false),
    hears: (source, note) => change(() => ({ source, note: note.slice(0, MAX_ERROR) })),
  }
}

/** Clocks of two owners may differ: blind time never shrinks. */
function seeing(state: ClusterRow, now: string): Partial<ClusterRow> {
  if (state.blindSince === '') return {}
  const blind = Math.max(0, Date.parse(now) - Date.parse(state.blindSince))
  return { blindSince: '', blindMilliseconds: state.blindMilliseconds + blind }
}
