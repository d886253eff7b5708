import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { metrics } from '../../shared/health/metrics.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const sources = globSync('shared/**/*.ts', { cwd: root }).map(read)
const said = (words: string) => sources.some((text) => text.includes(words))

/** What the Functions host and Log Analytics say by themselves. */
const hostWords = ['Message decoding has failed', 'Moving message to queue', 'OverQuota']

test.each(['infra/alerts.json', 'infra/dashboards/workbook.json'])(
  '%s looks for words that the product says in its log',
  (file) => {
    const words = [...read(file).matchAll(/has '([^']+)'/g)]
      .map((match) => match[1]!)
      .filter((one) => !hostWords.includes(one))
    expect(words.length).toBeGreaterThan(3)
    // A name of a function stands in the log where the source has a placeholder.
    for (const one of words) expect(said(one) || said(one.replace('supervisor-', '$').trimEnd()), one).toBe(true)
  },
)

test('the dashboard asks for metrics that the product has', () => {
  const text = metrics(
    {
      ...{
        clusters: [],
        rows: [],
        incidents: [],
        queues: {},
        breakers: [],
        supervisors: [],
        totals: [],
        places: [],
        waiting: [],
      },
      agents: { running: 0, limit: 1, launched: 0 },
      deadLetters: 0,
    },
    new Date(0),
  )
  const asked = [...read('infra/dashboards/grafana.json').matchAll(/nightcrier_\w+/g)].map(([name]) => name)
  expect(asked.length).toBeGreaterThan(8)
  for (const name of asked) expect(text).toContain(`# TYPE ${name.replace(/_bucket$/, '')} `)
  // And what the product has, somebody can see, and look up.
  const told = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!)
  expect(told.filter((name) => !asked.some((one) => one.replace(/_bucket$/, '') === name))).toEqual([])
  const page = [...read('docs/operations.md').matchAll(/`(nightcrier_\w+)/g)].map(([, name]) => name!)
  expect([...new Set(page)].toSorted()).toEqual(told.toSorted())
})
