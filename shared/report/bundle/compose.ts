import { glance } from '../../artifacts/glance.ts'
import { type Outcome, Report } from '../../artifacts/report.ts'
import type { Verdict } from '../../artifacts/verdict.ts'
import { verifyEvidence } from '../../artifacts/verify-evidence.ts'
import type { Incident } from '../../incident/incident.ts'
import type { ResultMessage } from '../../incident/messages.ts'
import { inCluster, inClusterProse } from './in-cluster.ts'
import type { ReadBundle } from './read-bundle.ts'

/** A line of a list, or two of a phone. */
const MOST_HEADLINE = 80
const endings: Readonly<Record<ResultMessage['ended'], string>> = {
  completed: '',
  failed: 'The agent failed before it had a verdict',
  timeout: 'The agent ran past its deadline and was ended',
  lost: 'The agent vanished without a result',
  'not-started': 'The agent could not be started',
}

/**
 * Joins the incident, what the agent left (or nothing) and what code made of it. There is always a report: without a
 * verdict it is `evidence-only` and says what is missing.
 */
export function composeReport(input: {
  readonly incident: Incident
  readonly result: ResultMessage
  readonly read: ReadBundle | undefined
  readonly problem: string | undefined
  readonly now: Date
}): Report {
  const { incident, result, read, now } = input
  const checked = read?.verdict === undefined ? undefined : verifyEvidence(read.verdict, read.evidence)
  const outcome: Outcome = checked?.outcome ?? 'evidence-only'
  const ending = endings[result.ended]
  const notes = [
    ...(ending === '' ? [] : [result.reason === undefined ? `${ending}.` : `${ending}: ${result.reason}`]),
    ...(input.problem === undefined ? [] : [input.problem]),
    ...(read?.bundle.notes ?? []),
    ...(read?.problems ?? []),
  ]
  const found = glance(incident, { outcome, verdict: checked?.verdict }).headline
  const before = incident.causeBefore
  const cause = checked?.verdict.rootCauses[0]
  const named = cause && [cause.kind, cause.namespace, cause.name].filter((part) => part !== '').join('/')
  const changed = before !== undefined && named !== undefined && before !== `${named} ${cause?.class}`
  const headline = changed ? `Cause changed: ${found}` : found
  if (changed) notes.unshift(`An earlier report of this incident named ${before}.`)
  return Report.parse({
    version: 1,
    generatedAt: now.toISOString(),
    outcome,
    headline: cut(headline, MOST_HEADLINE),
    incident,
    verdict:
      checked === undefined
        ? undefined
        : {
            ...checked.verdict,
            remedies: remediesIn(checked.verdict, incident),
            gaps: checked.verdict.gaps.map((gap) => ({
              ...gap,
              wouldSettle: inClusterProse(gap.wouldSettle, incident.cluster),
            })),
          },
    dropped: checked?.dropped ?? [],
    notes: notes.slice(0, 50).map((note) => cut(note, 600)),
    permissions: read?.permissions,
    evidence: read?.evidence ?? [],
    usage: read?.bundle.usage,
    phases: phases(incident, now, read?.bundle.usage.seconds),
    redactions: read?.bundle.redactions ?? {},
    injectionFlags: read?.bundle.injectionFlags ?? [],
    artifacts: ['report.json', 'incident.json', ...Object.keys(read?.bundle.files ?? {})].slice(0, 60),
  })
}

const remediesIn = ({ remedies }: Verdict, { cluster }: Incident): Verdict['remedies'] =>
  remedies.map((one) => ({
    ...one,
    ...(one.command === undefined ? {} : { command: inCluster(one.command, cluster) }),
    verify: inClusterProse(one.verify, cluster),
    rollback: inClusterProse(one.rollback, cluster),
  }))

function phases(incident: Incident, now: Date, agentSeconds: number | undefined): Report['phases'] {
  const seconds = (from: string, to: string | Date) =>
    Math.max(0, (new Date(to).getTime() - new Date(from).getTime()) / 1000)
  const list = [{ name: 'detect', seconds: seconds(incident.timestamp, incident.createdAt) }]
  if (incident.startedAt === undefined) return list
  list.push({ name: 'queue', seconds: seconds(incident.createdAt, incident.startedAt) })
  const running = seconds(incident.startedAt, now)
  if (agentSeconds !== undefined) {
    list.push({ name: 'start and publish', seconds: Math.max(0, running - agentSeconds) })
    list.push({ name: 'investigate', seconds: Math.min(agentSeconds, running) })
  } else list.push({ name: 'run', seconds: running })
  return list
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
