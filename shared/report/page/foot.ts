import { html } from 'hono/html'
import type { ClusterPermissions } from '../../artifacts/permissions.ts'
import type { Report } from '../../artifacts/report.ts'
import type { Usage } from '../../artifacts/verdict.ts'
import { version } from '../../runtime/version.ts'
import type { Html } from './document.ts'
import type { PageLinks } from './page-links.ts'
import { moment } from './times.ts'

/** How the report came to be: what it cost, what it was allowed, what was hidden, what else there is. */
export function foot(report: Report, links: PageLinks): Html {
  const { incident, usage, redactions, permissions } = report
  const hidden = Object.entries(redactions)
  return html`<section id="made" class="foot"><h2>About this report</h2>
${permissions === undefined || permissions.write_verbs.length === 0 ? '' : couldWrite(permissions)}
<details><summary>Occurrences, permissions, cost, files</summary>
${occurrences(report, links)}
${permissions === undefined ? '' : rights(permissions)}
<h3>How it was made</h3>
${phases(report.phases)}
<dl>
${
  usage === undefined
    ? ''
    : html`<dt>Verdict by</dt><dd>${report.verdict?.by ?? 'nobody'}</dd><dt>Reads of the cluster</dt><dd>${usage.apiCalls}</dd>
<dt>Model</dt><dd>${usage.model === '' ? 'none: rules only' : `${usage.model}, ${usage.turns} turns, ${usage.toolCalls} tool calls`}</dd>
<dt>Tokens</dt><dd>${usage.inputTokens} in, ${usage.outputTokens} out</dd>
<dt>Cost</dt><dd>${usage.costUsd === undefined ? (usage.model === '' ? '$0.00' : 'cost unknown') : `$${usage.costUsd.toFixed(4)}`}</dd>
${budgetLeft(usage)}`
}
<dt>Redacted</dt><dd>${hidden.length === 0 ? 'nothing' : hidden.map(([kind, count]) => `${count} × ${kind}`).join(', ')}</dd>
<dt>Written</dt><dd>${moment(report.generatedAt)}, by Nightcrier ${version}</dd>
<dt>Incident</dt><dd><code>${incident.incidentId}</code></dd>
</dl>
<h3 id="artifacts">Files</h3><p class="soft">In the folder <code>${incident.incidentId}/</code> of storage.</p>
<ul class="objects">${report.artifacts.map((file) => html`<li>${links.artifact === undefined ? html`<code>${file}</code>` : html`<a href="${links.artifact(file)}"><code>${file}</code></a>`}</li>`)}</ul></details></section>`
}

/** What the model left of its budget, and by what the verdict was made. */
function budgetLeft({ budget, versions, turns, inputTokens, outputTokens, costUsd }: Usage): Html | '' {
  if (budget === undefined) return ''
  const left = (of: number, spent: number): number => Math.max(0, of - spent)
  const money =
    costUsd === undefined
      ? `of $${budget.costUsd.toFixed(2)} unknown`
      : `$${left(budget.costUsd, costUsd).toFixed(4)} of $${budget.costUsd.toFixed(2)}`
  return html`<dt>Budget left</dt><dd>${left(budget.turns, turns)} of ${budget.turns} turns, ${left(budget.tokens, inputTokens + outputTokens)} of ${budget.tokens} tokens, ${money}</dd>
${versions === undefined ? '' : html`<dt>Made with</dt><dd>runner ${versions.runner}, prompt ${versions.prompt}, prices of ${versions.prices}</dd>`}`
}

function occurrences({ incident }: Report, { incident: address }: PageLinks): Html {
  const { members, related } = incident
  return html`<div id="occurrences"><h3>Occurrences and related incidents</h3><dl>
<dt>First seen</dt><dd>${moment(incident.firstSeen)}</dd><dt>Last seen</dt><dd>${moment(incident.lastSeen)}</dd>
<dt>Occurrences</dt><dd>${incident.occurrences} of ${incident.faultType}, generation ${incident.generation}</dd>
<dt>Last object</dt><dd>${incident.resource.kind} ${incident.resource.name}${incident.node === undefined ? '' : ` on node ${incident.node}`}</dd>
${incident.image === undefined ? '' : html`<dt>Image</dt><dd><code>${incident.image}</code></dd>`}
${
  Object.keys(incident.labels).length === 0
    ? ''
    : html`<dt>Cluster labels</dt><dd>${Object.entries(incident.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ')}</dd>`
}
${incident.mutedBy === undefined ? '' : html`<dt>Muted by</dt><dd><code>${incident.mutedBy}</code></dd>`}
${incident.context === '' ? '' : html`<dt>As reported</dt><dd>${incident.context}</dd>`}
</dl>
${members.length === 0 ? '' : html`<h4>Members</h4><ul class="objects">${members.slice(0, 100).map((one) => html`<li>${one.kind} ${one.name}</li>`)}</ul>`}
${related.length === 0 ? '' : html`<h4>Related incidents</h4><ul class="objects">${related.map((id) => html`<li>${address === undefined ? html`<code>${id}</code>` : html`<a href="${address(id)}"><code>${id}</code></a>`}</li>`)}</ul>`}
</div>`
}

const asked = [
  ['Pods', 'can_get_pods'],
  ['Logs', 'can_get_logs'],
  ['Events', 'can_get_events'],
  ['Deployments', 'can_get_deployments'],
  ['Services', 'can_get_services'],
  ['Nodes', 'can_get_nodes'],
  ['ConfigMaps', 'can_get_configmaps'],
] as const

const couldWrite = ({ write_verbs: writes }: ClusterPermissions): Html =>
  html`<p class="alarm"><strong>The credential could also change the cluster:</strong> ${writes.slice(0, 20).join(', ')}${writes.length > 20 ? ` and ${writes.length - 20} more` : ''}. Nightcrier only reads, whatever it may.</p>`

/** Said by what is missing: what it may is the rule. */
function rights(permissions: ClusterPermissions): Html {
  const denied = asked.filter(([, key]) => !permissions[key]).map(([name]) => name)
  return html`<h3>Permissions used</h3><p>${denied.length === 0 ? 'Everything that was asked could be read.' : html`Could not be read: ${denied.join(', ')}.`} <span class="soft">Asked ${moment(permissions.validated_at)}.</span></p>
${permissions.warnings.length === 0 ? '' : html`<ul>${permissions.warnings.map((one) => html`<li>${one}</li>`)}</ul>`}`
}

/** Seconds of each phase as one bar, each with its number below. */
function phases(all: Report['phases']): Html | '' {
  const sum = all.reduce((total, { seconds }) => total + seconds, 0)
  if (sum === 0) return ''
  let at = 0
  const bars = all.map(({ seconds }, index) => {
    const bar = html`<rect class="phase p${index % 5}" x="${((100 * at) / sum).toFixed(2)}%" y="0" width="${((100 * seconds) / sum).toFixed(2)}%" height="14"/>`
    at += seconds
    return bar
  })
  return html`<svg class="phases" role="img" aria-label="${all.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(', ')}" width="100%" height="14">${bars}</svg>
<ul class="legend">${all.map(({ name, seconds }, index) => html`<li><svg width="12" height="12" aria-hidden="true"><rect class="phase p${index % 5}" width="12" height="12" rx="2"/></svg> ${name} ${seconds.toFixed(1)} s</li>`)}<li><strong>${sum.toFixed(1)} s in all</strong></li></ul>`
}
