import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Verdict } from '../../shared/artifacts/verdict.ts'
import type { Marked } from '../broker/marked.ts'
import { clean } from '../journal/render.ts'
import { firstReads, othersPart, readPart, rulesPart } from './first-message.ts'
import { operatorText, systemText, taskText } from './texts.ts'

export type Prompt = { readonly system: string; readonly user: string }

/** Bounds of their own stand in first-message.ts; redaction may lengthen a text a little. */
const MAX_RULES = 6_000
const MAX_PART = 5_000

/** What a model is told at the beginning. Nothing of the cluster stands in `system`. */
export function promptOf(
  { incident, extraPrompt, limits, deadline, others = [] }: AgentJob,
  rules: Verdict | undefined,
  entries: readonly EvidenceEntry[],
  marked: Marked,
  redact: (text: string) => string,
  now: Date,
): Prompt {
  const data = (id: string, text: string, most: number) => marked(id, clean(redact(text)).slice(0, most))
  const { owner, resource } = incident
  const about = [
    `Now: ${now.toISOString().slice(0, 16)}Z. What is dated after it lies in the future.`,
    `${incident.faultType} (${incident.severity}) of ${owner.kind} ${[owner.namespace, owner.name].filter(Boolean).join('/')} in cluster ${incident.cluster}`,
    `Seen at ${resource.kind} ${[resource.namespace, resource.name].filter(Boolean).join('/')}, ${incident.occurrences} times since ${incident.firstSeen}`,
    `Reported: ${incident.context.slice(0, 800)}`,
  ].join('\n')
  const values = {
    incident: data('incident', about, 2_000),
    rules: rules === undefined ? rulesPart(rules) : data('rules', rulesPart(rules), MAX_RULES),
    evidence: [
      ...firstReads(incident, entries).map(({ id, title, text }) => `${title} (${id}):\n${data(id, text, MAX_PART)}`),
      ...(others.length === 0
        ? []
        : [`Other incidents of this cluster:\n${data('others', othersPart(others), MAX_PART)}`]),
      `All that was read, by id:\n${data('list', readPart(entries), MAX_PART)}`,
    ].join('\n\n'),
    turns: String(limits.turns),
    deadline,
  }
  const operator = extraPrompt === '' ? '' : filled(operatorText, { extra: extraPrompt })
  return { system: `${systemText}${operator}`, user: filled(taskText, values) }
}

/** One pass: what is filled in is never looked at for further places. */
const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')

/** `prompt-sent.md`: what the model was told, and what its tools were. */
export const promptFile = ({ system, user }: Prompt, model: string, runner: string): string =>
  `# What was sent to ${model} by the runner ${runner}\n\n## System\n\n${system}\n\n## User\n\n${user}\n`
