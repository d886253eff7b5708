import { Clusters } from './answers.ts'
import type { Client } from './client.ts'
import { ago, columns, type Output, paint, plain } from './terminal.ts'

type Deps = { readonly client: Client; readonly out: Output; readonly json: boolean; readonly now: () => Date }

/** `nightcrier clusters`: how each one's watch is doing. Answers whether all are well. */
export async function clusters({ client, out, json, now }: Deps): Promise<boolean> {
  const health = await client.get('health/clusters', Clusters)
  const well = health.summary.unhealthy === 0 && health.config_errors.length === 0
  if (json) {
    out.line(JSON.stringify(health))
    return well
  }
  const { colors } = out
  const [head = '', ...lines] = columns([
    ['STATUS', 'CLUSTER', 'SOURCE', 'LAST EVENT', 'EVENTS', 'TRIAGE', ''],
    ...health.clusters.map((one) =>
      [
        one.status,
        one.name,
        one.source ?? '-',
        one.last_event === undefined ? '-' : ago(one.last_event, now()),
        String(one.event_count),
        one.triage_enabled ? 'on' : 'off',
        '',
      ].map(plain),
    ),
  ])
  out.line(colors.dim(head.trimEnd()))
  for (const [at, line] of lines.entries()) {
    const one = health.clusters[at]
    if (one === undefined) continue
    out.line(line.trimEnd().replace(one.status, paint(one.status, colors)))
    const retry = one.retry_in === undefined ? '' : `, next try in ${one.retry_in}`
    if (one.error !== undefined) out.line(colors.red(`  ${plain(`${one.error}${retry}`)}`))
    if (one.note !== undefined) {
      const delay =
        one.detection_delay_seconds === undefined
          ? ''
          : `; a fault is found after ${one.detection_delay_seconds} s at most`
      out.line(colors.yellow(`  ${plain(`${one.note}${delay}`)}`))
    }
    if (one.triage_problem !== undefined) out.line(colors.red(`  triage: ${plain(one.triage_problem)}`))
    for (const warning of one.permissions?.warnings ?? []) out.line(colors.yellow(`  ${plain(warning)}`))
  }
  const { total, active, unhealthy } = health.summary
  out.line(`${active} of ${total} clusters are watched${unhealthy === 0 ? '.' : `, ${unhealthy} are not.`}`)
  for (const problem of health.config_errors) out.note(colors.red(problem))
  return well
}
