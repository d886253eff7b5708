/** A pod's fault of a kilobyte and a half, as servers send it; its context begins with the time, in milliseconds. */
export function aNotice(pod: string, subscriptionId: string | undefined) {
  const now = performance.timeOrigin + performance.now()
  return {
    level: 'warning',
    logger: 'kubernetes/faults',
    data: {
      ...(subscriptionId === undefined ? {} : { subscriptionId }),
      cluster: 'bench',
      faultId: `fault-${pod}`,
      faultType: 'CrashLoop',
      severity: 'critical',
      resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: `web-${pod}`, uid: `uid-${pod}` },
      context: `sent ${now.toFixed(1)} ${LOG}`,
      timestamp: '2026-01-12T09:00:00.000Z',
    },
  }
}
const LOG = 'Container entered CrashLoopBackOff state; its last lines: could not reach the database. '.repeat(12)

/** How long a fault has been on its way, by its context. */
export function ageMs(context: string): number {
  return performance.timeOrigin + performance.now() - Number(/^sent ([\d.]+) /.exec(context)?.[1])
}
