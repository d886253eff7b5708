import table from '../../agent-container/gateway/prices.json' with { type: 'json' }
import { Settings } from '../../shared/config/settings.ts'
import { settingsOf } from '../settings-of.ts'

/** What an investigation took at the median, answered by hand through this prompt and these tools. */
const MEDIAN = { input: 15_000, output: 1_000 }
const classes: readonly (readonly [string, readonly string[], string])[] = [
  ['middle', ['claude-sonnet-5-5', 'gpt-6-sol', 'gpt-5.4', 'gemini-3.1-pro'], 'the one to begin with'],
  [
    'small',
    ['claude-haiku-4-5', 'gpt-5-mini', 'gemini-2.5-flash'],
    'cheap enough for every incident; its errors of form are mended; how often it is right was not measured here',
  ],
  [
    'large',
    ['claude-opus-5-5', 'claude-fable-5-1'],
    'for clusters whose faults the middle class leaves open; not measured here either',
  ],
]

/** `docs/models.md`. */
export function modelsPage(): string {
  const settings = settingsOf(Settings).filter(({ name }) => name.startsWith('AGENT_'))
  const models = Object.entries(
    table.models as Readonly<Record<string, { input: number; output: number; cached?: number }>>,
  )
  // Cents, or as much more as a price has.
  const dollars = (value: number | undefined) =>
    value === undefined ? '' : Number(value.toFixed(2)) === value ? value.toFixed(2) : String(value)
  const perIncident = (name: string): readonly number[] => {
    const price = models.find(([known]) => known === name)?.[1]
    return price === undefined ? [] : [(price.input * MEDIAN.input + price.output * MEDIAN.output) / 1_000_000]
  }
  const range = (names: readonly string[]) => {
    const all = names.flatMap(perIncident)
    return `${dollars(Math.min(...all))} to ${dollars(Math.max(...all))}`
  }
  return `# Models

Rules alone need no model and send nothing anywhere. A model on top of them reads what the rules read, through the same
broker and with everything redacted, and may confirm, contest or fill in; code checks each of its quotes. Set
\`AGENT_MODEL_PROVIDER\`, \`AGENT_MODEL\` and a key by \`AGENT_MODEL_KEY\` (\`keyvault:\` or \`file:\`). An investigation stops at
its budget in dollars, and the report says what it cost. \`npm run scenario -- DIR --model-url URL\` measures a model beside the
rules. This page is written by \`npm run generate\`.

## Which model

| class | such as | dollars an incident | for |
|---|---|---|---|
${classes.map(([name, all, use]) => `| ${name} | ${all.join(', ')} | ${range(all)} | ${use} |`).join('\n')}

The dollars are those of ${MEDIAN.input.toLocaleString('en-US')} tokens in and ${MEDIAN.output.toLocaleString('en-US')} out, which is what an investigation took at the median when its answers were
written by hand: what these prompts and tools allow a careful reader, not a comparison of vendors. Try two of them on your own clusters with
the command above; the page of each incident says what it cost, and who named the cause. A model needs tool
calling; where its context is short, shorter answers are asked for.

\`AGENT_MODEL_EFFORT\` lets it think longer (\`high\`) or less; most need no more than their vendor's own. Caching is on: Anthropic is given marks
for what comes again in each turn; OpenAI, Azure, Google and DeepSeek cache by themselves. A vendor or proxy that refuses either is asked
without it for the rest of the incident.

## Settings of the agent

| setting | takes | default | meaning |
|---|---|---|---|
${settings.map(({ name, takes, fallback, meaning }) => `| \`${name}\` | ${takes.replaceAll('|', '\\|')} | ${fallback === '' ? '' : `\`${fallback}\``} | ${meaning.replaceAll('|', '\\|')} |`).join('\n')}

## Prices that are known

Dollars for a million tokens, as of ${table.asOf}. A model that is not here is counted at the dearest of them, unless
\`AGENT_MODEL_PRICE\` says what it costs.

| model | input | output | input at hand |
|---|---|---|---|
${models.map(([name, { input, output, cached }]) => `| ${name} | ${dollars(input)} | ${dollars(output)} | ${dollars(cached)} |`).join('\n')}
`
}
