import type { z } from 'zod'
import type { Citation, EvidenceEntry } from '../../../shared/artifacts/evidence.ts'
import type { Usage, Verdict } from '../../../shared/artifacts/verdict.ts'
import type { Incident } from '../../../shared/incident/incident.ts'

const words = {
  cause: '🔴 cause found',
  likely: '🟠 likely cause',
  contested: '🟠 two causes contested',
  inconclusive: '🟡 inconclusive',
  none: '🟢 nothing is broken now',
} as const

/** `investigation.md`: the seven sections, readable in any viewer. Everything from the cluster is kept from being markup. */
export function investigationOf(input: {
  readonly incident: Incident
  readonly verdict: Verdict
  readonly entries: readonly EvidenceEntry[]
  readonly usage: z.infer<typeof Usage>
  readonly notes: readonly string[]
}): string {
  const { incident, verdict, entries, usage, notes } = input
  const duration = Math.max(
    0,
    Math.round(
      (Date.parse(verdict.timeline.at(-1)?.at ?? incident.lastSeen) - Date.parse(incident.firstSeen)) / 60_000,
    ),
  )
  const sections = [
    '# Kubernetes Incident Triage Report',
    section('0. Executive Triage Card', [
      table([
        ['Status', words[verdict.outcome]],
        ['Severity', incident.severity],
        ['Incident', incident.incidentId],
        ['Cluster', incident.cluster],
        ['Impact', verdict.impact.summary],
        ['Seen', `${incident.occurrences} times since ${incident.firstSeen} (${duration} minutes)`],
      ]),
      `**${plain(verdict.headline)}**`,
      ...verdict.remedies
        .slice(0, 1)
        .map(
          (one) =>
            `Next step (${one.changesState ? 'CHANGES STATE' : 'read-only'}): ${plain(one.title)}${fence(one.command)}`,
        ),
      ...notes.map((note) => `> ${plain(note)}`),
    ]),
    section('1. Problem Statement', [
      `${plain(`${incident.faultType} of ${incident.resource.kind} ${incident.resource.name}`)} in namespace ${plain(incident.namespace || '(none)')}, owner ${plain(`${incident.owner.kind} ${incident.owner.name}`)}.`,
      incident.context === '' ? '' : `What was reported: ${plain(incident.context.slice(0, 1000))}`,
      list(verdict.timeline.map((one) => `${one.at} — ${one.kind}: ${plain(one.text)}${notesOf(one.evidence)}`)),
    ]),
    section('2. Assessment & Findings', [
      list(verdict.facts.map((one, index) => `**FACT-${index + 1}** ${plain(one.text)}${notesOf(one.evidence)}`)),
      list(verdict.inferences.map((one, index) => `**INF-${index + 1}** ${plain(one.text)}${notesOf(one.evidence)}`)),
      list(
        verdict.gaps.map(
          (one) => `**Gap** ${plain(one.what)}: ${plain(one.why)} What would settle it: ${plain(one.wouldSettle)}`,
        ),
      ),
    ]),
    section('3. Root Cause Analysis', [
      ...verdict.rootCauses.map((one) =>
        [
          `### Root cause: ${plain(`${one.kind} ${one.namespace === '' ? '' : `${one.namespace}/`}${one.name}`)} — ${one.class} — Confidence: ${one.confidence}`,
          plain(one.summary),
          plain(one.mechanism),
          list(one.confidenceReasons.map(plain)),
          `Evidence:${notesOf(one.evidence)}`,
        ].join('\n\n'),
      ),
      ...(verdict.rootCauses.length === 0 ? ['No root cause is claimed.'] : []),
      ...(verdict.suspects ?? []).map((one, index) =>
        [
          `### Suspect ${index + 1}: ${plain(`${one.kind} ${one.namespace === '' ? '' : `${one.namespace}/`}${one.name}`)} — ${one.class}`,
          list([
            ...one.for.map(({ text }) => `**For** ${plain(text)}`),
            ...one.against.map(({ text }) => `**Against** ${plain(text)}`),
            `**What would tell** ${plain(one.wouldTell)}`,
          ]),
        ].join('\n\n'),
      ),
      ...verdict.hypotheses.map((one, index) =>
        [
          `### H${index + 1}: ${plain(one.text)} — ${one.state}`,
          `Evidence for:${notesOf(one.for) || ' none'}`,
          `Evidence against:${notesOf(one.against) || ' none'}`,
          `Falsification test: ${plain(one.falsification)}`,
          plain(one.why),
        ].join('\n\n'),
      ),
      verdict.chain.length === 0
        ? ''
        : `Chain: ${verdict.chain.map((one) => `${plain(`${one.kind} ${one.name}`)} (${plain(one.mechanism)})`).join(' → ')}`,
    ]),
    section('4. Remediation Plan', [
      ...verdict.remedies.map(
        (one, index) =>
          `${index + 1}. **${plain(one.title)}** (${one.changesState ? 'CHANGES STATE' : 'read-only'})${fence(one.command)}\n   Risk: ${plain(one.risk)} Roll back: ${plain(one.rollback)} Validation: ${plain(one.verify)}`,
      ),
      ...(verdict.remedies.length === 0 ? ['Nothing to do is proposed.'] : []),
      list(verdict.prevention.map((one) => `Prevention: ${plain(one)}`)),
    ]),
    section('5. Proof of Work', [
      `${usage.apiCalls} calls in ${usage.seconds.toFixed(1)} s, by ${verdict.by}.`,
      [
        '| id | time | call | status | bytes |',
        '|---|---|---|---|---|',
        ...entries.map(
          (one) =>
            `| ${one.id} | ${one.at} | ${plain(callOf(one)).replaceAll('|', '\\|')} | ${one.status} | ${one.bytes}${one.truncated ? ' (cut)' : ''} |`,
        ),
      ].join('\n'),
    ]),
    section('6. Supporting Evidence', [
      list(cited(verdict).map(({ id, quote }) => `**${id}** ${plain(quote)}`)),
      'The whole of each answer is in evidence.jsonl.',
    ]),
  ]
  return `${sections.join('\n\n')}\n`
}

const section = (title: string, parts: readonly string[]): string =>
  [`## ${title}`, ...parts.filter((part) => part !== '')].join('\n\n')
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')
const table = (rows: readonly (readonly [string, string])[]): string =>
  ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${plain(value).replaceAll('|', '\\|')} |`)].join(
    '\n',
  )
const notesOf = (citations: readonly Citation[]): string => [...new Set(citations.map(({ id }) => ` [${id}]`))].join('')
const fence = (command: string | undefined): string =>
  command === undefined ? '' : `\n\n   \`\`\`sh\n   ${command.replaceAll('`', "'").replaceAll('\n', ' ')}\n   \`\`\``

/** Neither HTML nor links nor headings come out of a cluster's text. */
export const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]#!]/g, '\\$&')

export const callOf = (entry: EvidenceEntry): string =>
  `${entry.tool} ${Object.entries(entry.arguments)
    .filter(([key]) => key !== 'limit' && key !== 'limitBytes')
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(' ')}`

const cited = (verdict: Verdict): readonly Citation[] => {
  const all = [
    ...verdict.rootCauses.flatMap(({ evidence }) => evidence),
    ...verdict.facts.flatMap(({ evidence }) => evidence),
  ]
  return [...new Map(all.map((one) => [`${one.id} ${one.quote}`, one])).values()].slice(0, 60)
}
