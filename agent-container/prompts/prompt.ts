import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Verdict } from '../../shared/artifacts/verdict.ts'
import type { Marked } from '../broker/marked.ts'
import { callOf } from '../diagnose/verdict/investigation.ts'
import { clean } from '../journal/render.ts'
import { operatorText, systemText, taskText } from './texts.ts'

export type Prompt = { readonly system: string; readonly user: string }

/** About 12,000 tokens: what the tools may answer comes on top. */
const MAX_RULES = 20_000
const MAX_EVIDENCE = 10_000

/** What a model is told at the beginning. Nothing of the cluster stands in `system`. */
export function promptOf(
  { incident, extraPrompt, limits, deadline }: AgentJob,
  rules: Verdict | undefined,
  entries: readonly EvidenceEntry[],
  marked: Marked,
  redact: (text: string) => string,
): Prompt {
  const about = {
    cluster: incident.cluster,
    resource: incident.resource,
    owner: incident.owner,
    fault: incident.faultType,
    severity: incident.severity,
    occurrences: incident.occurrences,
    firstSeen: incident.firstSeen,
    reported: incident.context.slice(0, 2_000),
  }
  const data = (id: string, text: string, most: number) => marked(id, clean(redact(text)).slice(0, most))
  const values = {
    incident: data('incident', JSON.stringify(about, null, 1), 4_000),
    rules:
      rules === undefined
        ? 'Nothing: no rule came to a conclusion.'
        : data('rules', JSON.stringify(shortOf(rules), null, 1), MAX_RULES),
    evidence: data('list', entries.map(lineOf).join('\n'), MAX_EVIDENCE),
    turns: String(limits.turns),
    deadline,
  }
  const operator = extraPrompt === '' ? '' : filled(operatorText, { extra: extraPrompt })
  return { system: `${systemText}${operator}`, user: filled(taskText, values) }
}

/** One pass: what is filled in is never looked at for further places. */
const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')

const shortOf = ({ outcome, headline, rootCauses, hypotheses, facts, gaps, impact }: Verdict) => ({
  outcome,
  headline,
  rootCauses,
  hypotheses: hypotheses
    .slice(0, 8)
    .map(({ text, state, for: evidence, why }) => ({ text, state, evidence: evidence.slice(0, 3), why })),
  facts: facts.slice(0, 25),
  gaps: gaps.slice(0, 10),
  impact: impact.summary,
})

const lineOf = (entry: EvidenceEntry): string =>
  `${entry.id}: ${callOf(entry)} → ${entry.status}, ${entry.bytes} bytes${entry.truncated ? ' (cut)' : ''}`

/** `prompt-sent.md`: what the model was told, and what its tools were. */
export const promptFile = ({ system, user }: Prompt, model: string, runner: string): string =>
  `# What was sent to ${model} by the runner ${runner}\n\n## System\n\n${system}\n\n## User\n\n${user}\n`
