import { GiveUp } from '../runtime/errors.ts'
import type { Client } from './client.ts'
import { find } from './incidents.ts'
import { causeLines, readReport, type ShownReport, stepLines } from './shown-report.ts'
import { lined, type Output, plain } from './terminal.ts'

type Deps = { readonly client: Client; readonly out: Output; readonly json: boolean }

/** `nightcrier report ID`: as text, or as Markdown for a ticket or a post-mortem. */
export async function report({ client, out, json }: Deps, id: string, markdown: boolean): Promise<void> {
  const found = await readReport(client, await reported(client, id))
  if (json) return out.line(JSON.stringify(found))
  for (const line of markdown ? inMarkdown(found) : inText(found, out)) out.line(line)
}

async function reported(client: Client, id: string): Promise<string> {
  const { incidentId, reportedAt, status } = await find(client, id)
  if (reportedAt === undefined) throw new GiveUp(`${incidentId} has no report yet: it is ${plain(status)}.`)
  return incidentId
}

type Part = readonly [title: string, lines: readonly string[]]

function inText(found: ShownReport, out: Output): readonly string[] {
  const { verdict, headline, incident } = found
  const place = [incident.cluster, incident.namespace, `since ${incident.firstSeen}`].filter((one) => one !== '')
  const quotes = (verdict?.rootCauses ?? []).flatMap(({ evidence }) => evidence.slice(0, 2))
  const parts: readonly Part[] = [
    ['Cause', causeLines(found)],
    ['What to do', stepLines(found, out)],
    ['Seen', quotes.map(({ id, quote }) => plain(`"${quote.slice(0, 200)}" ${id}`))],
    ['Impact', verdict === undefined ? [] : [plain(verdict.impact.summary)]],
    ['Timeline', (verdict?.timeline ?? []).map((one) => plain(`${utc(one.at)}  ${one.kind.padEnd(10)} ${one.text}`))],
    ['What could not be seen', (verdict?.gaps ?? []).map(({ what, why }) => plain(`${what}: ${why}`))],
  ]
  return [
    out.colors.bold(plain(headline)),
    out.colors.dim(plain(place.join(' · '))),
    ...parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', out.colors.bold(title), ...lines])),
  ]
}

function inMarkdown(found: ShownReport): readonly string[] {
  const { verdict, headline, incident } = found
  const steps = (verdict?.remedies ?? []).flatMap((step, at) => [
    `${at + 1}. ${words(step.title)} (**${step.changesState ? 'changes state' : 'read-only'}**)`,
    ...(step.command === undefined
      ? []
      : ['', '   ```sh', ...lined(step.command).map((line) => `   ${line.replaceAll('`', 'ʼ')}`), '   ```', '']),
    ...(step.changesState ? [`   Check: ${words(step.verify)}  `, `   Undo: ${words(step.rollback)}`] : []),
  ])
  const parts: readonly Part[] = [
    ['Cause', causeLines(found).map(words)],
    ['What to do', steps],
    ['Impact', verdict === undefined ? [] : [words(verdict.impact.summary)]],
    ['Timeline', (verdict?.timeline ?? []).map((one) => `- ${utc(one.at)}, ${one.kind}: ${words(one.text)}`)],
    ['What could not be seen', (verdict?.gaps ?? []).map(({ what, why }) => `- ${words(what)}: ${words(why)}`)],
  ]
  const place = incident.namespace === '' ? '' : `, namespace ${words(incident.namespace)}`
  return [
    `# ${words(headline)}`,
    '',
    `${words(incident.cluster)}${place}, since ${incident.firstSeen}`,
    ...parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines])),
  ]
}

const utc = (at: string): string => `${at.slice(0, 19).replace('T', ' ')} UTC`
/** Words of a cluster are no Markdown: nothing in them links, mentions or formats. */
const words = (text: string): string =>
  plain(text)
    .replace(/[\\`*_{}[\]<>#|~@]/g, (sign) => (sign === '@' ? '@\u200b' : `\\${sign}`))
    .replace(/:\/\/|www\./gi, (begin) => `${begin.slice(0, -1)}\u200b${begin.slice(-1)}`)

/** `nightcrier open ID`: the page in a browser; its address where there is none. */
export async function openPage(
  { client, out, json }: Deps,
  id: string,
  browser: (url: string) => Promise<boolean>,
): Promise<void> {
  const incidentId = await reported(client, id)
  const url = await client.location(`incidents/${encodeURIComponent(incidentId)}/report`)
  if (json) out.line(JSON.stringify({ incidentId, url }))
  else if (await browser(url)) out.note(`${incidentId} is opened.`)
  else out.line(url)
}
