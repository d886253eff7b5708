import { eventTime } from '../../cluster/context.ts'
import type { EventView } from '../../cluster/view/view.ts'
import type { DetectedFault } from '../../faults/detect.ts'

/** The body of `notifications/message`, as known clients read it. */
export type Notice = {
  readonly level: 'info' | 'warning'
  readonly logger: 'kubernetes/faults' | 'kubernetes/events' | 'kubernetes/subscription_error'
  readonly data: Readonly<Record<string, unknown>>
}

/** The known fields first, then ours: `owner`, `node`, `container`, `image`, `harm`, `mark`, and `resolved` when it is over. */
export function faultNotice(subscriptionId: string, fault: DetectedFault, resolved: boolean, now: Date): Notice {
  const { cluster, faultId, faultType, severity, resource, context, owner } = fault
  const { node, container, image, harm, mark } = fault
  const timestamp = resolved ? `${now.toISOString().slice(0, 19)}Z` : fault.timestamp
  return {
    level: 'warning',
    logger: 'kubernetes/faults',
    data: {
      subscriptionId,
      cluster,
      faultId,
      faultType,
      severity,
      resource,
      context,
      timestamp,
      owner,
      ...(node === undefined ? {} : { node }),
      ...(container === undefined ? {} : { container }),
      ...(image === undefined ? {} : { image }),
      ...(harm === undefined ? {} : { harm }),
      ...(mark === undefined ? {} : { mark }),
      ...(resolved ? { resolved: true } : {}),
    },
  }
}

export function eventNotice(subscriptionId: string, cluster: string, event: EventView): Notice {
  const { metadata, type, reason, message, count, firstTimestamp, lastTimestamp, involvedObject } = event
  const { apiVersion, kind, name, namespace, uid } = involvedObject
  const seen = eventTime(event)
  return {
    level: 'info',
    logger: 'kubernetes/events',
    data: {
      subscriptionId,
      cluster,
      event: {
        namespace: metadata.namespace ?? '',
        timestamp: `${new Date(seen).toISOString().slice(0, 19)}Z`,
        type: type ?? '',
        reason: reason ?? '',
        message: message ?? '',
        involvedObject: {
          apiVersion: apiVersion ?? '',
          kind: kind ?? '',
          name: name ?? '',
          ...(namespace ? { namespace } : {}),
          ...(uid ? { uid } : {}),
        },
        ...(count ? { count } : {}),
        ...(firstTimestamp ? { firstTimestamp } : {}),
        ...(lastTimestamp ? { lastTimestamp } : {}),
      },
    },
  }
}

export const degradedNotice = (subscriptionId: string, cluster: string, reason: string): Notice => ({
  level: 'warning',
  logger: 'kubernetes/subscription_error',
  data: { subscriptionId, cluster, error: reason, degraded: true },
})
