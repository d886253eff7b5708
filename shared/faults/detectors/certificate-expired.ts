import { secondsSince } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** cert-manager's certificates: what lies in TLS Secrets is not read. */
export const certificateExpired: Detector = (view, { now }) => {
  if (view.kind !== 'Certificate' || view.metadata.deletionTimestamp) return none
  const expired = secondsSince(view.status?.notAfter, now)
  if (expired === undefined || expired < 0) return none
  return [
    {
      faultType: 'CertificateExpired',
      severity: 'critical',
      text: `Certificate expired at ${view.status?.notAfter}`,
      field: 'status.notAfter',
    },
  ]
}
