import { condition } from '../context.ts'
import { type Detector, none } from '../finding.ts'

export const deploymentFailure: Detector = (view) => {
  if (view.kind !== 'Deployment' || view.metadata.deletionTimestamp || view.spec?.paused) return none
  const progressing = condition(view.status?.conditions, 'Progressing')
  if (progressing?.status !== 'False' || progressing.reason !== 'ProgressDeadlineExceeded') return none
  return [
    {
      faultType: 'DeploymentFailure',
      severity: 'critical',
      text: `Deployment rollout failed: ProgressDeadlineExceeded${progressing.message ? `, message: ${progressing.message}` : ''}`,
      field: 'status.conditions[type=Progressing].reason',
    },
  ]
}
