import { BUCKETS, bucketName, type Duration, endedName, outcomeName, sumName } from '../artifacts/agent-totals.ts'
import { Outcome } from '../artifacts/report.ts'
import { ResultMessage } from '../incident/messages.ts'
import type { Row } from '../runtime/table.ts'
import { totalsIn } from '../runtime/totals.ts'
import { family, histogram, type Sample } from './prometheus.ts'

/** What agents have done so far, by cluster. `rows`: of table `control`, partition `totals`. */
export function agentMetrics(rows: readonly Row[]): readonly string[] {
  const totals = rows.map((row) => ({ cluster: row.key, of: totalsIn(row) }))
  const by = <Word extends string>(label: string, words: readonly Word[], name: (word: Word) => string) =>
    totals.flatMap(({ cluster, of }) =>
      words.flatMap((word): Sample[] => {
        const value = of[name(word)]
        return value === undefined ? [] : [{ labels: { cluster, [label]: word }, value }]
      }),
    )
  const sum = (name: string) => totals.reduce((all, { of }) => all + (of[name] ?? 0), 0)
  const spread = (of: Duration) => ({
    counts: [...BUCKETS, 'more' as const].map((most) => sum(bucketName(of, most))),
    sum: sum(sumName(of)),
  })
  const directions: readonly ('in' | 'out')[] = ['in', 'out']
  return [
    family(
      'nightcrier_agents_ended_total',
      'counter',
      'Agents that have ended, by how.',
      by('ended', ResultMessage.shape.ended.options, endedName),
    ),
    family(
      'nightcrier_reports_total',
      'counter',
      'Reports published, by what they found.',
      by('outcome', Outcome.options, outcomeName),
    ),
    histogram('nightcrier_agent_duration_seconds', 'From launch to end.', BUCKETS, spread('agent')),
    histogram('nightcrier_incident_report_seconds', 'From the first fault to the report.', BUCKETS, spread('incident')),
    family(
      'nightcrier_model_tokens_total',
      'counter',
      'Tokens that models read (in) and wrote (out).',
      by('direction', directions, (direction) => `tokens_${direction}`),
    ),
    family(
      'nightcrier_model_cost_dollars_total',
      'counter',
      'What models cost, by the prices that reports name.',
      totals.flatMap(({ cluster, of }) =>
        of.cost_usd === undefined ? [] : [{ labels: { cluster }, value: of.cost_usd }],
      ),
    ),
  ]
}
