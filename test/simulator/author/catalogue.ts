import { badCommand } from './bad-command.ts'
import { controls } from './controls.ts'
import type { Draft } from './draft.ts'
import { healthyNoisy } from './healthy-noisy.ts'
import { hostile } from './hostile.ts'
import { imageTagMissing } from './image-tag-missing.ts'
import { nodeNotReady } from './node-not-ready.ts'
import { oomLimitTooLow } from './oom-limit-too-low.ts'
import { orderFaults } from './order-faults.ts'
import { placingFaults } from './placing-faults.ts'
import { serviceFaults } from './service-faults.ts'
import { standingFaults } from './standing-faults.ts'
import { startFaults } from './start-faults.ts'

/** Every scenario that is committed. */
export const catalogue = (): readonly Draft[] => [
  badCommand,
  imageTagMissing,
  nodeNotReady,
  oomLimitTooLow,
  healthyNoisy,
  ...[
    ...startFaults,
    ...placingFaults,
    ...serviceFaults,
    ...orderFaults,
    ...standingFaults,
    ...controls,
    ...hostile,
  ].map((write) => write()),
]
