import type { z } from 'zod'
import type { ClusterPermissions } from '../../shared/artifacts/permissions.ts'
import type { Usage, Verdict } from '../../shared/artifacts/verdict.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import type { ClusterApi } from '../../shared/kubernetes/cluster-api.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { type Journal, openJournal, type Redactor } from '../journal/journal.ts'
import { snapshotOf } from './publish-snapshot.ts'
import { collect, mainSubject, takeSnapshot } from './read/read.ts'
import { analyzers, diagnose } from './rules/all.ts'
import type { Analyzer } from './rules/hypothesis.ts'
import { symptomsOf } from './symptoms/symptoms-of.ts'
import { injectionFlags } from './verdict/injection.ts'
import { investigationOf } from './verdict/investigation.ts'
import { judge } from './verdict/verdict.ts'

export type InvestigateDeps = {
  readonly api: ClusterApi
  readonly redactor: Redactor & { readonly counts: Readonly<Record<string, number>> }
  readonly clock: Clock
  readonly incident: Incident
  readonly permissions?: ClusterPermissions | undefined
  readonly limits: { readonly apiCalls: number }
  /** Aborts when the investigation must end; what was read until then is used. */
  readonly signal: AbortSignal
  readonly rules?: readonly Analyzer[]
  /** A second opinion, when there is a model to ask. Never throws. */
  readonly consult?: (said: RulesSaid) => Promise<Consulted>
}
export type RulesSaid = {
  readonly journal: Journal
  readonly verdict: Verdict | undefined
  readonly flags: readonly string[]
}
export type Consulted = {
  readonly verdict: Verdict | undefined
  readonly notes: readonly string[]
  readonly flags: readonly string[]
  readonly files: Readonly<Record<string, string>>
  readonly usage: Omit<z.infer<typeof Usage>, 'seconds' | 'costUsd'> & { readonly costUsd: number | undefined }
}
export type Investigation = {
  readonly ended: 'completed' | 'failed' | 'timeout'
  readonly verdict: Verdict | undefined
  readonly files: Readonly<Record<string, string>>
  readonly usage: z.infer<typeof Usage>
  readonly notes: readonly string[]
  readonly injectionFlags: readonly string[]
  readonly redactions: Readonly<Record<string, number>>
}

/** Enough for every rule's reads in any namespace; a cluster must not be loaded by its own diagnosis. */
const MAX_CALLS = 60
/** After the signal, answers that are on their way are not waited for longer than this. */
const GRACE_MS = 300

/** Reads, judges and writes down. Never throws: what goes wrong is a note, and what was read stays. */
export async function investigate(deps: InvestigateDeps): Promise<Investigation> {
  const { incident, clock, redactor, signal } = deps
  const started = clock.now()
  const journal = openJournal({
    api: deps.api,
    redactor,
    clock,
    cluster: incident.cluster,
    budget: Math.min(deps.limits.apiCalls, MAX_CALLS),
    signal,
    focus: () => [...new Set([incident.owner.name, incident.resource.name])],
  })
  const notes: string[] = []
  let ended: Investigation['ended'] = 'completed'
  let verdict: Verdict | undefined
  let flags: readonly string[] = []
  let second: Consulted | undefined
  try {
    const unreachable = await bounded(journal, incident, started, signal)
    if (unreachable !== undefined) {
      ended = signal.aborted ? 'timeout' : 'failed'
      notes.push(
        `The cluster could not be read: ${unreachable} Everything about its state is missing from this report.`,
      )
    } else {
      const snapshot = takeSnapshot(journal, incident, started)
      const subject = mainSubject(snapshot)
      const symptoms = symptomsOf(snapshot, subject)
      const diagnosis = diagnose(snapshot, subject, deps.rules ?? analyzers)
      notes.push(...diagnosis.crashed)
      if (signal.aborted) {
        ended = 'timeout'
        notes.push('Its time was over before everything was read; the verdict rests on what was.')
      }
      const complete = !signal.aborted && journal.refused() === 0
      flags = injectionFlags(snapshot)
      verdict = judge({
        snapshot,
        subject,
        symptoms,
        diagnosis,
        entries: journal.entries(),
        complete,
        tidy: redactor.text,
      }).verdict
      if (deps.consult !== undefined && !signal.aborted) {
        second = await deps.consult({ journal, verdict, flags })
        verdict = second.verdict
        notes.push(...second.notes)
        flags = [...flags, ...second.flags].slice(0, 50)
      }
    }
  } catch (error) {
    ended = 'failed'
    notes.push(`The investigation broke off: ${redactor.text(errorText(error))} What was read until then is kept.`)
  }
  const asked = second?.usage
  const usage = {
    toolCalls: asked?.toolCalls ?? 0,
    model: asked?.model ?? '',
    turns: asked?.turns ?? 0,
    inputTokens: asked?.inputTokens ?? 0,
    outputTokens: asked?.outputTokens ?? 0,
    ...(asked === undefined ? { costUsd: 0 } : asked.costUsd === undefined ? {} : { costUsd: asked.costUsd }),
    apiCalls: journal.calls() + (asked?.apiCalls ?? 0),
    ...(asked?.fault === undefined ? {} : { fault: asked.fault }),
    ...(asked?.budget === undefined ? {} : { budget: asked.budget }),
    ...(asked?.versions === undefined ? {} : { versions: asked.versions }),
    seconds: Math.max(0, (clock.now().getTime() - started.getTime()) / 1000),
  }
  const safeNotes = notes.slice(0, 50).map((note) => note.slice(0, 600))
  const files = { ...filesOf(deps, journal, started, verdict, usage, safeNotes), ...second?.files }
  return { ended, verdict, files, usage, notes: safeNotes, injectionFlags: flags, redactions: { ...redactor.counts } }
}

/** The reason when the cluster could not be read at all. */
async function bounded(
  journal: Journal,
  incident: Incident,
  now: Date,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = new Promise<'over'>((resolve) => {
    const later = () => setTimeout(() => resolve('over'), GRACE_MS).unref()
    if (signal.aborted) later()
    else signal.addEventListener('abort', later, { once: true })
  })
  const done = await Promise.race([collect(journal, incident, now), over])
  if (done !== 'over') return done.unreachable
  return journal.entries().some(({ status }) => status > 0) ? undefined : 'It gave no answer before the deadline.'
}

function filesOf(
  { incident, permissions }: InvestigateDeps,
  journal: Journal,
  started: Date,
  verdict: Verdict | undefined,
  usage: z.infer<typeof Usage>,
  notes: readonly string[],
): Readonly<Record<string, string>> {
  const entries = journal.entries()
  const logs = journal
    .logs()
    .map(
      (log) =>
        [
          `logs/${log.pod}.${log.container}${log.previous ? '.previous' : ''}.log`.replace(/[^\w./-]/g, '_'),
          log.text,
        ] as const,
    )
  const read = journal.objects().length > 0 ? { 'cluster.yaml': snapshotOf(journal, started) } : {}
  return {
    ...read,
    'evidence.jsonl': entries.map((entry) => JSON.stringify(entry)).join('\n'),
    ...(verdict === undefined
      ? {}
      : {
          'verdict.json': JSON.stringify(verdict, null, 2),
          'investigation.md': investigationOf({ incident, verdict, entries, usage, notes }),
        }),
    ...(permissions === undefined ? {} : { 'incident_cluster_permissions.json': JSON.stringify(permissions, null, 2) }),
    ...Object.fromEntries(logs.filter(([, text]) => text !== '').slice(0, 30)),
  }
}
