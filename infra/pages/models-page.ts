import table from '../../agent-container/gateway/prices.json' with { type: 'json' }
import { Settings } from '../../shared/config/settings.ts'
import { settingsOf } from '../settings-of.ts'

/** `docs/models.md`. */
export function modelsPage(): string {
  const settings = settingsOf(Settings).filter(({ name }) => name.startsWith('AGENT_'))
  const models = Object.entries(
    table.models as Readonly<Record<string, { input: number; output: number; cached?: number }>>,
  )
  const dollars = (value: number | undefined) => (value === undefined ? '' : value.toFixed(2))
  return `# Models

Rules alone need no model and send nothing anywhere. A model on top of them reads what the rules read, through the same
broker and with everything redacted, and may confirm, contest or fill in; code checks each of its quotes. Set
\`AGENT_MODEL_PROVIDER\`, \`AGENT_MODEL\` and a key by \`AGENT_MODEL_KEY\` (\`keyvault:\` or \`file:\`). An investigation stops at
its budget in dollars, and the report says what it cost. \`npm run scenario -- DIR --model-url URL\` measures a model beside the
rules. This page is written by \`npm run generate\`.

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
