import { html } from 'hono/html'
import type { EvidenceEntry } from '../../artifacts/evidence.ts'
import type { Report } from '../../artifacts/report.ts'
import type { Verdict } from '../../artifacts/verdict.ts'
import type { Html } from './document.ts'
import { excerpt, HEAD } from './excerpt.ts'
import { section } from './marks.ts'
import { moment } from './times.ts'

/** Of four hundred calls, each with its full head, a page would be megabytes. */
const MANY = 60
const HEAD_OF_MANY = 500

/** Each call to the cluster, folded, those that are quoted to be seen; inside, what it answered, with the words that the report quotes marked. */
export function evidence({ evidence: entries, verdict }: Report): Html | '' {
  const quoted = quotesOf(verdict)
  const head = entries.length > MANY ? HEAD_OF_MANY : HEAD
  const shown = entries.filter(({ id }) => quoted.has(id))
  const others = entries.filter(({ id }) => !quoted.has(id))
  const list = (some: readonly EvidenceEntry[]) => some.map((one) => entry(one, quoted.get(one.id) ?? [], head))
  return section(
    'evidence',
    'Evidence',
    entries,
    () => html`<p class="soft">What the cluster answered, after redaction. The whole is in evidence.jsonl.</p>
${list(shown)}
${others.length === 0 ? '' : html`<details class="rest"><summary>${others.length} ${shown.length === 0 ? '' : 'further '}${others.length === 1 ? 'read' : 'reads'}${shown.length === 0 ? '' : ', not quoted'}</summary>${list(others)}</details>`}`,
  )
}

function entry(one: EvidenceEntry, quotes: readonly string[], head: number): Html {
  const bad = one.status < 200 || one.status > 299
  const { parts, shown } = excerpt(one.output, quotes, head)
  const cut = one.truncated || shown < one.output.length
  return html`<details class="evidence"><summary><strong>${one.id}</strong> ${one.tool} <code>${callOf(one)}</code>${bad ? html` <span class="badge bad">${one.status === 0 ? 'no answer' : one.status}</span>` : ''}${cut ? html` <span class="badge">cut</span>` : ''}</summary>
<dl class="facts" id="${one.id}"><div><dt>Call</dt><dd><code>${one.tool} ${JSON.stringify(one.arguments)}</code></dd></div>
<div><dt>Cluster</dt><dd>${one.cluster}</dd></div><div><dt>Time</dt><dd>${moment(one.at)}, took ${Math.round(one.milliseconds)} ms</dd></div>
<div><dt>Answer</dt><dd>${one.status === 0 ? 'none' : `status ${one.status}`}, ${one.bytes} bytes${one.truncated ? ', cut when it was kept' : ''}${shown < one.output.length ? `; ${shown} of ${one.output.length} characters shown here` : ''}</dd></div>
<div><dt>SHA-256</dt><dd><code>${one.sha256}</code></dd></div></dl>
<pre tabindex="0" role="region" aria-label="Answer ${one.id}">${parts.map((part) => (part.kind === 'gap' ? html`<span class="cut">✂ ${part.text}</span>` : part.kind === 'quote' ? html`<mark>${part.text}</mark>` : part.text))}</pre></details>`
}

/** The usual arguments as people say them; anything else as it is. */
function callOf({ arguments: given }: EvidenceEntry): string {
  const { kind, namespace, name, ...rest } = given
  const object = [kind, namespace, name].filter((part) => typeof part === 'string' && part !== '').join('/')
  const others = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const words = [object, ...others].filter((part) => part !== '').join(' ')
  return words.length <= 120 ? words : `${words.slice(0, 120)}…`
}

function quotesOf(verdict: Verdict | undefined): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  if (verdict === undefined) return found
  const { rootCauses, facts, inferences, timeline, hypotheses } = verdict
  const all = [
    ...[...rootCauses, ...facts, ...inferences, ...timeline].flatMap((one) => one.evidence),
    ...hypotheses.flatMap((one) => [...one.for, ...one.against]),
    ...(verdict.suspects ?? []).flatMap((one) => [...one.for, ...one.against].flatMap((said) => said.evidence)),
  ]
  for (const { id, quote } of all) {
    const known = found.get(id) ?? []
    if (!known.includes(quote)) found.set(id, [...known, quote])
  }
  return found
}
