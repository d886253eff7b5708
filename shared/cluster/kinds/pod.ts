import { condition } from '../context.ts'
import { defineKind } from '../sign.ts'
import { configError } from './pod/config-error.ts'
import { crash } from './pod/crash.ts'
import { crashLoop } from './pod/crash-loop.ts'
import { evicted, notAdmitted } from './pod/evicted.ts'
import { imagePull } from './pod/image-pull.ts'
import { initFailure } from './pod/init-failure.ts'
import { notReady } from './pod/not-ready.ts'
import { oomKilled } from './pod/oom-killed.ts'
import { stuckPending } from './pod/stuck-pending.ts'
import { stuckTerminating } from './pod/stuck-terminating.ts'
import { unschedulable } from './pod/unschedulable.ts'

const all = [
  oomKilled,
  crashLoop,
  crash,
  imagePull,
  configError,
  initFailure,
  unschedulable,
  stuckPending,
  stuckTerminating,
  evicted,
  notAdmitted,
  notReady,
]

export const pod = defineKind({
  apiVersion: 'v1',
  kind: 'Pod',
  signs: (view, context) => all.flatMap((signs) => signs(view, context)),
  progress: ({ metadata, status }) => {
    if (metadata.deletionTimestamp) return 'it is ending'
    if (status?.phase === 'Succeeded') return undefined
    if (status?.phase === 'Failed') return undefined
    return condition(status?.conditions, 'Ready')?.status === 'True' ? undefined : 'it is not ready yet'
  },
})
