import type { Outcome, Report } from '../../artifacts/report.ts'
import type { Severity } from '../../faults/fault.ts'

/** What is told to people, whatever carries it. Never raw log lines: those stay behind the link. */
export type Notice =
  | {
      readonly kind: 'incident'
      readonly incidentId: string
      readonly cluster: string
      readonly environment: string
      readonly namespace: string
      /** `Deployment/web` */
      readonly resource: string
      readonly severity: Severity
      readonly faultType: string
      readonly occurrences: number
      readonly outcome: Outcome
      readonly headline: string
      readonly cause: string | undefined
      readonly confidence: string | undefined
      readonly actions: readonly string[]
      readonly url: string
    }
  | { readonly kind: 'trouble'; readonly title: string; readonly text: string }

export type Notifier = { readonly name: string; readonly send: (notice: Notice) => Promise<void> }

export function incidentNotice(report: Report, url: string): Notice {
  const { incident, verdict } = report
  const cause = verdict?.rootCauses[0]
  return {
    kind: 'incident',
    incidentId: incident.incidentId,
    cluster: incident.cluster,
    environment: incident.environment,
    namespace: incident.namespace,
    resource: `${incident.owner.kind}/${incident.owner.name}`,
    severity: incident.severity,
    faultType: incident.faultType,
    occurrences: incident.occurrences,
    outcome: report.outcome,
    headline: report.headline,
    cause: cause === undefined ? undefined : cutAtSentence(`${cause.class}: ${cause.summary}`, 500),
    confidence: cause?.confidence,
    actions: (verdict?.remedies ?? []).slice(0, 3).map((remedy) => cutAtSentence(remedy.title, 150)),
    url,
  }
}

/** Cuts at the last sentence that fits, else at the last word, with a sign that something is missing. */
export function cutAtSentence(text: string, most: number): string {
  if (text.length <= most) return text
  // One more than fits, so that a word or sentence that ends exactly there is seen whole.
  const head = text.slice(0, most)
  const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('! '), head.lastIndexOf('? '))
  if (sentence >= most / 3) return head.slice(0, sentence + 1)
  const word = head.lastIndexOf(' ', most - 1)
  return `${head.slice(0, word > 0 ? word : most - 1)}…`
}
