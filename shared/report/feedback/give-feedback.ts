import { Feedback, NewFeedback } from '../../artifacts/feedback.ts'
import type { Report } from '../../artifacts/report.ts'
import type { Clock } from '../../runtime/clock.ts'
import { contend, STALE } from '../../runtime/contend.ts'
import { derivedId, type Random } from '../../runtime/ids.ts'
import type { PageLinks } from '../page/page-links.ts'
import { publish } from '../publish.ts'

/** A hundred entries of at most 3 KiB each. */
export const MAX_FEEDBACK_BYTES = 1024 * 1024
const MOST_ENTRIES = 100

export type FeedbackDeps = {
  /** feedback.json as it is now; `undefined` when nobody has said anything. */
  readonly read: (incidentId: string) => Promise<{ readonly text: string; readonly etag: string } | undefined>
  /** False when somebody else wrote since. */
  readonly write: (incidentId: string, text: string, etag: string | undefined) => Promise<boolean>
  readonly readReport: (incidentId: string) => Promise<Report | undefined>
  readonly readInvestigation: (incidentId: string) => Promise<string | undefined>
  readonly pageLinks?: (incidentId: string) => Promise<PageLinks>
  readonly writeArtifact: (incidentId: string, file: string, content: string) => Promise<void>
  readonly clock: Clock
  readonly random: Random
}

export async function readFeedback(deps: Pick<FeedbackDeps, 'read'>, incidentId: string) {
  const blob = await deps.read(incidentId)
  const feedback: Feedback =
    blob === undefined ? { version: 1, incidentId, entries: [] } : Feedback.parse(JSON.parse(blob.text))
  return { feedback, etag: blob?.etag }
}

/**
 * Keeps what somebody says of a report, and shows it on the report. The same words said twice (a double click) are one
 * entry; a crash before the page shows them is made good by the next entry.
 */
export const giveFeedback =
  (deps: FeedbackDeps) =>
  async (incidentId: string, given: NewFeedback): Promise<Feedback> => {
    const words = NewFeedback.parse(given)
    const id = derivedId(12, words.answer, words.cause, words.comment, words.by)
    const kept = await contend(deps, `Feedback on ${incidentId}`, async () => {
      const { feedback, etag } = await readFeedback(deps, incidentId)
      const others = feedback.entries.filter((entry) => entry.id !== id)
      const entry = { ...words, id, at: deps.clock.now().toISOString() }
      const next = Feedback.parse({ ...feedback, entries: [...others, entry].slice(-MOST_ENTRIES) })
      return (await deps.write(incidentId, `${JSON.stringify(next, null, 2)}\n`, etag)) ? next : STALE
    })
    const report = await deps.readReport(incidentId)
    if (report !== undefined) {
      const investigation = await deps.readInvestigation(incidentId)
      const files = investigation === undefined ? {} : { 'investigation.md': investigation }
      await publish(deps)({ ...report, feedback: kept.entries }, files)
    }
    return kept
  }
