import { defineKind } from '../sign.ts'
import { setCannotCreate } from './create-failure.ts'
import { setProgress } from './set-progress.ts'
import { setIsRefused } from './webhook-refusal.ts'

export const replicaSet = defineKind({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  signs: (view, context) => [...setCannotCreate(view, context), ...setIsRefused(view, context)],
  progress: setProgress,
})
