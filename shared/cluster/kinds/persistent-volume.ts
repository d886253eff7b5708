import { defineKind } from '../sign.ts'

export const persistentVolume = defineKind({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  // It has failed at being given back; whom that hinders shows it at a claim, and the role `view` does not show volumes.
  isWatched: false,
  signs: ({ metadata, status }) => {
    if (metadata.deletionTimestamp || status?.phase !== 'Failed') return []
    return [
      {
        reason: 'VolumeFailed',
        message:
          `PersistentVolume could not be given back or taken up: ${status.reason ?? ''} ${status.message ?? ''}`.trim(),
        field: 'status.phase',
        harm: { severity: 'warning', words: 'a volume has failed' },
      },
    ]
  },
})
