import { defineKind } from '../sign.ts'

export const persistentVolume = defineKind({
  group: '',
  kind: 'PersistentVolume',
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
