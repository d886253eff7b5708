import { GiveUp } from '../runtime/errors.ts'
import { IncidentPage, ShownIncident } from './answers.ts'
import type { Client } from './client.ts'
import { causeLines, readReport, type ShownReport, stepLines } from './shown-report.ts'
import { ago, columns, type Output, paint, plain } from './terminal.ts'

export type Filters = {
  readonly status?: string
  readonly cluster?: string
  readonly namespace?: string
  readonly severity?: string
  readonly since?: string
  readonly limit: number
}
type Deps = {
  readonly client: Client
  readonly out: Output
  readonly json: boolean
  /** More columns than fit eighty characters. */
  readonly wide?: boolean
  readonly now: () => Date
}

/** `nightcrier incidents`: newest first. */
export async function incidents(
  { client, out, json, wide = false, now }: Deps,
  { limit, since, ...equal }: Filters,
): Promise<void> {
  const query = new URLSearchParams({ limit: String(limit) })
  for (const [name, value] of Object.entries(equal)) if (value !== undefined) query.set(name, value)
  if (since !== undefined) query.set('since', moment(since, now()))
  const page = await client.get(`incidents?${query}`, IncidentPage)
  if (json) return out.line(JSON.stringify(page))
  if (page.incidents.length === 0)
    return out.note('No incidents. That is good news, if the watch is well: nightcrier clusters.')
  const { colors } = out
  const [head = '', ...lines] = columns([
    ['STATE', 'SEVERITY', 'CLUSTER', 'WHAT', 'SEEN', 'LAST', ...(wide ? ['FIRST', 'FAULT', 'HARM'] : []), 'INCIDENT'],
    ...page.incidents.map((one) =>
      [
        ...[one.status, one.severity, one.cluster, whatOf(one), `${one.occurrences}×`],
        ago(one.lastSeen, now()),
        ...(wide ? [ago(one.firstSeen, now()), one.faultType, one.harm ?? '-'] : []),
        one.incidentId,
      ].map(plain),
    ),
  ])
  out.line(colors.dim(head))
  for (const [at, line] of lines.entries()) {
    const one = page.incidents[at]
    if (one === undefined) continue
    // Painted after the widths are counted.
    out.line(line.replace(one.status, paint(one.status, colors)).replace(one.severity, paint(one.severity, colors)))
    const quiet = quietWords(one)
    if (quiet !== '') out.line(colors.dim(`  ${quiet}`))
    const why = one.rootCause ?? one.reason ?? one.failureReason
    if (why !== undefined) out.line(colors.dim(`  ${plain(why)}`))
  }
  if (page.cursor !== undefined) out.note(colors.dim(`There are more: --limit ${Math.min(200, limit * 2)}, or filter.`))
  if (page.cut === true) out.note('There are more than one question reads: name --cluster, --namespace or --status.')
}

/** `nightcrier show ID`; `last` is the newest. */
export async function show({ client, out, json, now }: Deps, id: string): Promise<void> {
  const incident = await find(client, id)
  const path = `incidents/${encodeURIComponent(incident.incidentId)}/report`
  const [link, found] =
    incident.reportedAt === undefined
      ? ['', undefined]
      : await Promise.all([client.location(path), reportOf(client, incident.incidentId)])
  if (json) return out.line(JSON.stringify({ ...incident, ...(link === '' ? {} : { reportUrl: link }) }))
  const { colors } = out
  const fact = (name: string, value: string) => out.line(`  ${colors.dim(name.padEnd(11))} ${value}`)
  const where = incident.environment === '' ? incident.cluster : `${incident.cluster} (${incident.environment})`
  out.line(colors.bold(`${plain(whatOf(incident))} in ${plain(where)}`))
  fact('state', paint(incident.status, colors)(incident.status))
  fact('severity', paint(incident.severity, colors)(incident.severity))
  fact('fault', plain(`${incident.faultType}, seen ${incident.occurrences}×: ${incident.context}`))
  fact('since', `${incident.firstSeen} (${ago(incident.firstSeen, now())}), last ${ago(incident.lastSeen, now())}`)
  fact(
    'root cause',
    plain(incident.rootCause ?? (incident.outcome === undefined ? 'not looked for yet' : 'not established')),
  )
  for (const line of found === undefined ? [] : causeLines(found)) fact('', line)
  if (incident.outcome !== undefined) fact('outcome', plain(incident.outcome))
  const why = incident.reason ?? incident.failureReason
  if (why !== undefined) fact('because', plain(why))
  const quiet = quietWords(incident)
  if (quiet !== '') fact('quiet', quiet)
  const notices = Object.entries(incident.notices).map(([place, { state }]) => plain(`${place} ${state}`))
  if (notices.length > 0) fact('told', notices.join(', '))
  if (link !== '') fact('report', link)
  const todo = found === undefined ? [] : stepLines(found, out)
  for (const line of todo.length === 0 ? [] : ['', colors.bold('What to do'), ...todo]) out.line(line)
  out.line('')
  for (const step of incident.steps) out.line(stepLine(step, out))
}

/** Its words are an addition: an app of another version, or a report that is not kept any more, hides no incident. */
const reportOf = (client: Client, id: string): Promise<ShownReport | undefined> =>
  readReport(client, id).catch(() => undefined)

/** Whether people hear of it now, and whether somebody is at it. */
function quietWords({ muted, acknowledged }: ShownIncident): string {
  const mute = muted === undefined ? [] : [`muted until ${muted.until.slice(0, 16)}Z: ${muted.reason}`]
  const by = acknowledged?.by === '' ? '' : ` by ${acknowledged?.by}`
  const ack = acknowledged === undefined ? [] : [`acknowledged${by}`]
  return plain([...mute, ...ack].join('; '))
}

export async function find(client: Client, id: string): Promise<ShownIncident> {
  if (id !== 'last') return client.get(`incidents/${encodeURIComponent(id)}`, ShownIncident)
  const [newest] = (await client.get('incidents?limit=1', IncidentPage)).incidents
  if (newest === undefined) throw new GiveUp('There is no incident yet. Watch for the first with nightcrier tail.')
  return newest
}

export const whatOf = ({ owner }: ShownIncident): string =>
  [owner.kind, owner.namespace, owner.name].filter((part) => part !== '').join('/')

export function stepLine({ at, state, note }: ShownIncident['steps'][number], { colors }: Output): string {
  return `  ${colors.dim(plain(at.slice(0, 19).replace('T', ' ')))}  ${paint(state, colors)(plain(state).padEnd(13))}  ${plain(note)}`
}

/** `90m`, `2h`, `3d`, or a time as the app takes it. */
function moment(text: string, now: Date): string {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const minutes = { m: 1, h: 60, d: 1_440 }[unit ?? ''] ?? 0
  if (amount !== undefined) return new Date(now.getTime() - Number(amount) * minutes * 60_000).toISOString()
  const at = new Date(text)
  if (Number.isNaN(at.getTime()))
    throw new GiveUp(`--since ${plain(text)} is no time. Say 90m, 2h, 3d or 2026-01-12T09:00:00Z.`)
  return at.toISOString()
}
