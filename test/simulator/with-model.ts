import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Report } from '../../shared/artifacts/report.ts'
import { type Culprit, Verdict } from '../../shared/artifacts/verdict.ts'
import { objectOf } from './expectations.ts'
import type { Investigated } from './pipeline.ts'
import type { Expect } from './scenario.ts'

/** Somebody who answers by hand needs an hour, a model minutes: the whole investigation ends after this. */
const PATIENCE_SECONDS = '3600'
/** A server on this machine asks for no key, and ours will not start without one. */
const NO_KEY = 'no-key-is-needed-here'

/** Settings of a pipeline that asks the model at an OpenAI-compatible address on top of the rules. */
export function modelSettings(url: string, model: string): Readonly<Record<string, string>> {
  const key = join(mkdtempSync(join(tmpdir(), 'nightcrier-model-')), 'key')
  writeFileSync(key, process.env.NIGHTCRIER_MODEL_KEY ?? NO_KEY, { mode: 0o600 })
  return {
    AGENT_MODEL_PROVIDER: 'openai-compatible',
    AGENT_MODEL: model,
    AGENT_MODEL_BASE_URL: url.replace(/\/+$/, ''),
    AGENT_MODEL_KEY: `file:${key}`,
    AGENT_TIMEOUT: PATIENCE_SECONDS,
  }
}

/** What a model made of one incident: the rules' culprits, those on the page, and what that took. */
export type WithModel = {
  readonly scenario: string
  readonly rules: readonly Culprit[]
  readonly page: readonly Culprit[]
  readonly outcome: string
  readonly right: { readonly rules: boolean; readonly page: boolean }
  readonly turns: number
  readonly inputTokens: number
  readonly costUsd: number | undefined
  readonly notes: readonly string[]
}

export function withModel(scenario: string, expect: Expect | undefined, { folder, report }: Investigated): WithModel[] {
  const file = join(folder, 'report.json')
  const whole = report ?? (existsSync(file) ? Report.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined)
  if (whole?.usage === undefined) return []
  const before = join(folder, 'rules-verdict.json')
  const rules = existsSync(before) ? Verdict.parse(JSON.parse(readFileSync(before, 'utf8'))).rootCauses : []
  const page = whole.verdict?.rootCauses ?? []
  const wanted = (expect?.rootCauses ?? (expect?.rootCause ? [expect.rootCause] : [])).map(objectOf)
  const names = (list: readonly Culprit[]) => wanted.length > 0 && list.some((one) => wanted.includes(objectOf(one)))
  const { turns, inputTokens, costUsd } = whole.usage
  return [
    {
      scenario,
      rules,
      page,
      outcome: whole.outcome,
      right: { rules: names(rules), page: names(page) },
      turns,
      inputTokens,
      costUsd,
      notes: whole.notes,
    },
  ]
}

/** One line for each incident, and what holds for all. */
export function modelTable(rows: readonly WithModel[]): string {
  const cell = (list: readonly Culprit[], right: boolean) =>
    `${right ? 'yes' : 'no '} ${list.map(({ kind, name }) => `${kind}/${name}`).join(' ') || '-'}`
      .slice(0, 44)
      .padEnd(45)
  const cost = (value: number | undefined) => (value === undefined ? '?' : value.toFixed(3))
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const share = (of: 'rules' | 'page') => `${rows.filter(({ right }) => right[of]).length} of ${rows.length}`
  return [
    `${'scenario'.padEnd(34)} ${'rules'.padEnd(45)} ${'with model'.padEnd(45)} ${'outcome'.padEnd(13)} turns  tokens in  dollars`,
    ...rows.map(
      (one) =>
        `${one.scenario.slice(0, 33).padEnd(34)} ${cell(one.rules, one.right.rules)} ${cell(one.page, one.right.page)} ${one.outcome.padEnd(13)} ${String(one.turns).padStart(5)}  ${String(one.inputTokens).padStart(9)}  ${cost(one.costUsd).padStart(7)}`,
    ),
    `right object: rules ${share('rules')}, with model ${share('page')}; right and overruled: ${rows.filter(({ right }) => right.rules && !right.page).length}`,
    `medians: ${middle(rows.map(({ turns }) => turns))} turns, ${middle(rows.map(({ inputTokens }) => inputTokens))} tokens in`,
  ].join('\n')
}
