import type { PodState } from './pod.ts'
import type { Town } from './town.ts'

/** A pod whose first step runs and does not come to an end. */
export const stuckInit = (t: Pick<Town, 'ago'>, name: string, image: string, since: number): PodState => ({
  phase: 'Pending',
  ready: false,
  imageId: '',
  state: { waiting: { reason: 'PodInitializing' } },
  status: {
    initContainerStatuses: [
      {
        name,
        image,
        ready: false,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: t.ago(since) } },
        lastState: {},
      },
    ],
  },
})
