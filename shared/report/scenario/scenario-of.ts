import { stringify } from 'yaml'
import type { EvidenceEntry } from '../../artifacts/evidence.ts'
import type { Feedback } from '../../artifacts/feedback.ts'
import type { Report } from '../../artifacts/report.ts'

export type ScenarioParts = {
  readonly report: Report
  /** What the broker read of the cluster, redacted, as a scenario's cluster.yaml. */
  readonly cluster: string
  readonly evidence: readonly EvidenceEntry[]
  readonly feedback: Feedback
}

/** File name → text of a scenario folder that `npm run scenario` replays: the redacted cluster, its logs, its gaps, and what people said. */
export function scenarioOf({ report, cluster, evidence, feedback }: ScenarioParts): Readonly<Record<string, string>> {
  const denied = accessOf(evidence)
  return {
    'cluster.yaml': cluster,
    ...Object.fromEntries(logsOf(evidence)),
    ...(denied.length === 0 ? {} : { 'access.yaml': stringify(denied) }),
    'expect.yaml': expectOf(report, feedback),
    'README.md': readme(report),
  }
}

/** What a path inside the folder may be called; anything else could leave it. */
const safe = /^[A-Za-z0-9][\w.-]{0,252}$/

function logsOf(evidence: readonly EvidenceEntry[]): readonly (readonly [string, string])[] {
  return evidence.flatMap(({ tool, status, arguments: asked, output }) => {
    const parts = [asked.namespace, asked.pod, asked.container].map(String)
    if (tool !== 'log' || status !== 200 || !parts.every((part) => safe.test(part))) return []
    const ending = asked.previous === true ? '.previous.log' : '.log'
    return [[`logs/${parts.join('/')}${ending}`, output] as const]
  })
}

/** What could not be read then cannot be read now. */
function accessOf(evidence: readonly EvidenceEntry[]) {
  const rules = new Map<string, { verb: string; resource: string; namespace?: string }>()
  for (const { tool, status, arguments: asked } of evidence) {
    if (status !== 403 || typeof asked.kind !== 'string') continue
    const rule = {
      verb: tool === 'log' ? 'get' : tool,
      resource: tool === 'log' ? 'pods/log' : plural(asked.kind),
      ...(typeof asked.namespace === 'string' && asked.namespace !== '' ? { namespace: asked.namespace } : {}),
    }
    if (rule.verb === 'get' || rule.verb === 'list') rules.set(JSON.stringify(rule), rule)
  }
  return [...rules.values()]
}

/** As Kubernetes names its built-in kinds. */
function plural(kind: string): string {
  const name = kind.toLowerCase()
  if (name === 'endpoints') return name
  if (/(s|x|ch|sh)$/.test(name)) return `${name}es`
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`
}

/**
 * The label. What people said counts; the last word wins. Nobody's word makes no label, only the trigger: the report's
 * own answer must not become the measure of itself.
 */
function expectOf(report: Report, feedback: Feedback): string {
  const { resource } = report.incident
  const trigger = { kind: resource.kind, namespace: resource.namespace ?? '', name: resource.name }
  const last = feedback.entries.at(-1)
  const culprit = (report.verdict?.rootCauses ?? []).map(({ kind, namespace, name, class: mechanism }) => ({
    ...{ kind, namespace, name },
    class: mechanism,
  }))
  const lines: Record<string, unknown> = { trigger }
  if (last !== undefined) {
    const named = causeIn(last.cause)
    if (named !== undefined) lines.rootCause = named
    else if (last.answer === 'right') {
      if (culprit.length > 0) lines.rootCauses = culprit
      else if (report.outcome === 'none') lines.rootCause = null
    }
    if (last.answer === 'wrong') {
      const wrong = culprit.filter(({ kind, namespace, name }) => `${kind}/${namespace}/${name}` !== pathOf(named))
      lines.mustNotBlame = wrong.map(pathOf)
    }
    lines.feedback = feedback.entries.map(({ at, answer, cause, comment }) => ({ at, answer, cause, comment }))
  }
  return stringify(lines, { lineWidth: 0 })
}

type Cause = { readonly kind: string; readonly namespace: string; readonly name: string; readonly class?: string }
const pathOf = (cause: Cause | undefined) =>
  cause === undefined ? '' : `${cause.kind}/${cause.namespace}/${cause.name}`

/** `Deployment/shop/web BadCommand`, `Node//worker-2`. */
function causeIn(text: string): Cause | undefined {
  const [, kind, namespace, name, mechanism] = /^([A-Z]\w*)\/([\w.-]*)\/([\w.:-]+)(?:\s+([A-Z]\w*))?$/.exec(text) ?? []
  if (kind === undefined || namespace === undefined || name === undefined) return undefined
  return { kind, namespace, name, ...(mechanism === undefined ? {} : { class: mechanism }) }
}

const readme = ({ incident, headline, outcome }: Report): string => `# ${incident.incidentId}

What nightcrier read of cluster ${incident.cluster}, redacted: secrets, environment values and tokens are pseudonyms.
Logs are the last lines that were read. Its answer then: ${outcome}. ${headline}

Run it again: \`npm run scenario -- <this folder>\`. Look through it before you pass it on.
`
