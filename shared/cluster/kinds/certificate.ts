import { because, condition, olderThan, secondsSince } from '../context.ts'
import { defineKind, type Sign, type Signs } from '../sign.ts'
import type { ViewOf } from '../view/view.ts'

type Certificate = ViewOf<'Certificate'>

/** A challenge over DNS takes minutes; what is not issued after half an hour is stuck. */
const ISSUING_SECONDS = 1_800
/** cert-manager tries a failed issue again after an hour, then after two, four (v1.18, trigger controller). */
const OVERDUE_SECONDS = 6 * 3_600
const LAST_DAY_SECONDS = 86_400

/** cert-manager's certificates: what lies in TLS Secrets is not read. */
const signs: Signs<Certificate> = (view, { now }) => {
  if (view.metadata.deletionTimestamp) return []
  const sign = expired(view, now) ?? overdue(view, now) ?? notIssued(view, now)
  return sign === undefined ? [] : [sign]
}

function expired({ status }: Certificate, now: Date): Sign | undefined {
  const since = secondsSince(status?.notAfter, now)
  if (since === undefined || since < 0) return undefined
  return {
    reason: 'CertificateExpired',
    message: `Certificate expired at ${status?.notAfter}`,
    field: 'status.notAfter',
    since: status?.notAfter ?? undefined,
    harm: { severity: 'critical', words: 'a certificate has expired' },
  }
}

/** Still good, and its renewal does not come about: `Ready` says nothing of that. */
function overdue({ status }: Certificate, now: Date): Sign | undefined {
  const late = secondsSince(status?.renewalTime, now)
  if (late === undefined || late < OVERDUE_SECONDS) return undefined
  const issuing = condition(status?.conditions, 'Issuing')
  const left = -(secondsSince(status?.notAfter, now) ?? 0)
  const tries = status?.failedIssuanceAttempts ? `, ${status.failedIssuanceAttempts} tries have failed` : ''
  const soon = left > 0 && left < LAST_DAY_SECONDS
  return {
    reason: 'CertificateFailing',
    message: `Certificate should have been renewed at ${status?.renewalTime}${tries}, it expires at ${status?.notAfter ?? 'an unknown time'}${issuing?.status === 'False' ? because(issuing) : ''}`,
    field: 'status.renewalTime',
    since: status?.renewalTime ?? undefined,
    harm: soon
      ? { severity: 'critical', words: 'a certificate expires within a day' }
      : { severity: 'warning', words: 'nothing is unavailable, a certificate is not renewed' },
  }
}

function notIssued({ metadata, status }: Certificate, now: Date): Sign | undefined {
  const ready = condition(status?.conditions, 'Ready')
  if (ready?.status !== 'False') return undefined
  const since = ready.lastTransitionTime ?? metadata.creationTimestamp
  if (!olderThan(ISSUING_SECONDS, since, now)) return undefined
  const issuing = condition(status?.conditions, 'Issuing')
  return {
    reason: 'CertificateFailing',
    message: `Certificate is not issued since ${since}${because(ready)}${issuing === undefined ? '' : `; Issuing=${issuing.status}${because(issuing)}`}`,
    field: 'status.conditions[type=Ready].status',
    since: since ?? undefined,
    harm: { severity: 'warning', words: 'a certificate is not issued' },
    ...(ready.reason ? { mark: ready.reason } : {}),
  }
}

export const certificate = defineKind({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  signs,
  progress: ({ status }) =>
    condition(status?.conditions, 'Issuing')?.status === 'True' ? 'it is being issued' : undefined,
})
