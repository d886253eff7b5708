import type { TableRow } from './table-text.ts'

/** Whether a table's row may be of an object with a fault, so that the object is worth reading. */
export function isSuspicious(kind: string, row: TableRow): boolean {
  const status = row.STATUS ?? ''
  switch (kind) {
    case 'Pod':
      return !/^(Running|Completed|Succeeded)$/.test(status) || (status === 'Running' && unready(row)) || restarted(row)
    case 'Node':
      return !/^Ready(,SchedulingDisabled)?$/.test(status)
    case 'Deployment':
    case 'StatefulSet':
      return unready(row)
    case 'ReplicaSet':
    case 'DaemonSet':
      return row.DESIRED !== row.READY || row.DESIRED !== row.CURRENT
    case 'Job':
      return status === 'Failed' || (status === '' && unequal(row.COMPLETIONS))
    case 'CronJob':
      return row.SUSPEND !== 'True'
    case 'PersistentVolumeClaim':
      return status !== 'Bound'
    case 'HorizontalPodAutoscaler':
      return (row.TARGETS ?? '').includes('<unknown>')
    case 'Certificate':
    case 'HelmRelease':
    case 'Kustomization':
      return row.READY !== 'True'
    case 'Application':
      return row['HEALTH STATUS'] !== 'Healthy' || row['SYNC STATUS'] !== 'Synced'
    default:
      return false
  }
}

const unready = (row: TableRow) => unequal(row.READY)
const unequal = (share: string | undefined) => {
  const [ready, requested] = (share ?? '').split('/')
  return ready !== requested
}
/** `4`, `4 (2m ago)` */
const restarted = (row: TableRow) => Number.parseInt(row.RESTARTS ?? '0', 10) > 0
