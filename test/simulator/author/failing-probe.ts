import type { SimObject } from '../objects.ts'
import type { Town } from './town.ts'

/** What the kubelet tells of probes that fail, and of the kills that a failed liveness probe brings. */
export const probeFails = (
  t: Town,
  pods: readonly SimObject[],
  message: string,
  since: number,
  kills?: number,
): SimObject[] =>
  pods.flatMap((pod) => [
    t.warn(pod, 'Unhealthy', message, { first: since, last: 0.2, count: Math.round(since * 6) }),
    ...(kills === undefined
      ? []
      : [
          t.tell(
            pod,
            'Killing',
            `Container ${pod.spec.containers[0].name} failed ${message.startsWith('Startup') ? 'startup' : 'liveness'} probe, will be restarted`,
            { first: since, last: 1.6, count: kills },
          ),
        ]),
  ])
