import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { containers, queues, tables } from '../shared/artifacts/layout.ts'
import { Settings } from '../shared/config/settings.ts'
import { withAnswerTable } from './answers-page.ts'
import { costPage } from './cost/page.ts'
import { clustersPage } from './pages/clusters-page.ts'
import { faultsPage } from './pages/faults-page.ts'
import { modelsPage } from './pages/models-page.ts'
import { openApi } from './pages/openapi.ts'
import { type Setting, settingsOf } from './settings-of.ts'
import { withFieldTable, withToolTable } from './tools-page.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** What the templates themselves set from the resources that they make: in `wired` of functions.bicep and main.tf. */
const wired = [
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'AzureWebJobsStorage__clientId',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'KEY_VAULT_URL',
  'AZURE_SUBSCRIPTION_ID',
  'AGENT_RESOURCE_GROUP',
  'AGENT_LOCATION',
  'AGENT_IMAGE',
  'AGENT_SUBNET_ID',
  'AGENT_REGISTRY_IDENTITY',
  'AGENT_DNS_SERVERS',
  'SUPERVISORS',
  'INCIDENT_KEEP_DAYS',
]
/** A key of storage, what stands for Azure on a developer's machine, and what Azure says: no template sets them. */
const local = [
  'AzureWebJobsStorage',
  'CLUSTERS_FILE',
  'LOCAL_VAULT_DIR',
  'LOCAL_GROUPS_DIR',
  'WEBSITE_AUTH_ENABLED',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
]

/** Files that follow from the product's own names and settings: path from the root → text. */
export async function generated(): Promise<Readonly<Record<string, string>>> {
  const settings = settingsOf(Settings)
  const free = settings.filter(({ name }) => !wired.includes(name) && !local.includes(name))
  const product = {
    containers: Object.values(containers).sort(),
    queues: Object.values(queues)
      .flatMap((name) => [name, `${name}-poison`])
      .sort(),
    tables: [...new Set<string>(Object.values(tables))].sort(),
    settings: { wired, free: free.map(({ name }) => name), local },
  }
  return {
    'infra/product.json': `${JSON.stringify(product, undefined, 2)}\n`,
    'infra/azure/settings.bicep': bicepType(free),
    'docs/settings.md': settingsPage(settings),
    'docs/cost.md': costPage(),
    'docs/clusters.md': clustersPage(),
    'docs/faults.md': faultsPage(root),
    'docs/models.md': modelsPage(),
    'docs/openapi.json': `${JSON.stringify(openApi(root), undefined, 2)}\n`,
    'docs/mcp-server.md': withFieldTable(withToolTable(readFileSync(join(root, 'docs/mcp-server.md'), 'utf8'))),
    'docs/notifications.md': await withAnswerTable(readFileSync(join(root, 'docs/notifications.md'), 'utf8')),
  }
}

function bicepType(settings: readonly Setting[]): string {
  const lines = settings.flatMap(({ name, meaning }) => [
    ...(meaning === '' ? [] : [`  @description('${meaning.replaceAll("'", "\\'")}')`]),
    `  ${name}: string?`,
  ])
  return `// Written by \`npm run generate\` from shared/config/settings.ts.
@export()
@sealed()
type Settings = {
${lines.join('\n')}
}
`
}

function settingsPage(settings: readonly Setting[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const rows = settings.map(({ name, takes, fallback, meaning }) => {
    const by = wired.includes(name) ? ' *Set by the templates.*' : local.includes(name) ? ' *Local use.*' : ''
    return `| \`${name}\` | ${cell(takes)} | ${fallback === '' ? '' : `\`${cell(fallback)}\``} | ${cell(meaning)}${by} |`
  })
  return `# Settings

Each is one environment variable (an application setting in Azure); an empty one counts as not set. All wrong settings
are named in one message at the start. This page is written by \`npm run generate\` from \`shared/config/settings.ts\`.

| setting | takes | default | meaning |
|---|---|---|---|
${rows.join('\n')}
`
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(await generated())) {
    const path = join(root, file)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    console.log(`wrote ${relative(process.cwd(), path)}`)
  }
}
