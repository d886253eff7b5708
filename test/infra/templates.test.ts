import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { providersToRegister } from '../../infra/azd/providers.ts'
import { generated } from '../../infra/generate.ts'
import { workerArguments, workerEnvironment } from '../../infra/local/host/worker-life.ts'
import { Settings } from '../../shared/config/settings.ts'
import { settingsAreTaken, settingsOfSite, siteIsFlex } from './rules/flex.ts'
import { alertsAreTaken, budgetsStay } from './rules/monitoring.ts'
import { namesFit, nothingOfToday, sharedNames, tagsFindOne } from './rules/names.ts'
import {
  addressesExist,
  agentsReachWhatIsNamed,
  delegationsAreRegistered,
  noZones,
  subnetsHaveTheirWay,
} from './rules/network.ts'
import { actionsOf, grantsOf, rightsAreNamed } from './rules/rights.ts'
import { keptStays, noKeys, privateIsWhole } from './rules/stored.ts'
import { type Resource, type Rule, readSnapshot } from './snapshot.ts'

const root = join(import.meta.dirname, '../..')
const product = JSON.parse(readFileSync(join(root, 'infra/product.json'), 'utf8'))
const main = readSnapshot('main')
const network = readSnapshot('network')

test.each(Object.entries(await generated()))('%s is what npm run generate writes', (file, text) => {
  expect(readFileSync(join(root, file), 'utf8')).toBe(text)
})

/** All rights there are. A wider or further one needs a line here, and so a reader who agrees. */
const grants = [
  'agents on registry: AcrPull',
  'functions on aksClusters: Azure Kubernetes Service Cluster User Role',
  'functions on aksClusters: Azure Kubernetes Service RBAC Reader',
  'functions on group of the agents: run agents',
  'functions on insights: Monitoring Metrics Publisher',
  'functions on pull identity: equip agents',
  'functions on storage: Storage Blob Data Owner',
  'functions on storage: Storage Queue Data Contributor',
  'functions on storage: Storage Queue Delegator',
  'functions on storage: Storage Table Data Contributor',
  'functions on subnet of the agents: equip agents',
  'functions on vault: Key Vault Secrets User',
  'operator on container config: Storage Blob Data Contributor',
  'operator on registry: AcrPush',
  'operator on vault: Key Vault Secrets Officer',
]
const actions = [
  'Microsoft.ContainerInstance/containerGroups/containers/logs/read',
  'Microsoft.ContainerInstance/containerGroups/delete',
  'Microsoft.ContainerInstance/containerGroups/read',
  'Microsoft.ContainerInstance/containerGroups/write',
  'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
]

const rules: Readonly<Record<string, Rule>> = {
  siteIsFlex,
  settingsAreTaken,
  namesFit,
  nothingOfToday,
  tagsFindOne,
  addressesExist,
  agentsReachWhatIsNamed,
  delegationsAreRegistered: delegationsAreRegistered(providersToRegister),
  subnetsHaveTheirWay,
  noZones,
  rightsAreNamed,
  noKeys,
  keptStays,
  privateIsWhole,
  alertsAreTaken,
  budgetsStay,
}

describe.each([
  ['main', main],
  ['network', network],
])('what %s.bicepparam would make', (_name, { predictedResources, diagnostics, outputs }) => {
  test('is compiled without a word', () => expect(diagnostics).toEqual([]))
  test.each(Object.entries(rules))('%s', (_rule, rule) => expect(rule(predictedResources)).toEqual([]))
  test('gives rights of the list, and roles hold single acts', () => {
    for (const one of grantsOf(predictedResources)) expect(grants).toContain(one)
    expect(actionsOf(predictedResources)).toEqual(actions)
  })
  test('one kind of resource has one API version, a finished one but where none exists', () => {
    const versions = new Map<string, string>()
    for (const { type, apiVersion } of predictedResources) {
      expect(versions.get(type) ?? apiVersion, type).toBe(apiVersion)
      versions.set(type, apiVersion)
      if (type !== 'Microsoft.Insights/diagnosticSettings') expect(apiVersion, type).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })
  test('has every output that azd hooks and pages ask for', () => {
    const asked = new Set(
      ['azure.yaml', 'docs/operations.md', ...globSync('infra/azd/*.ts', { cwd: root })].flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(/\$\{?(NIGHTCRIER_[A-Z_]+)/g)].map(([, name]) => name!),
      ),
    )
    for (const name of asked) if (!given.has(name)) expect(Object.keys(outputs)).toContain(name)
  })
})

/** Variables that somebody sets, as main.bicepparam and infra/image.sh read them. */
const given = new Set(
  ['infra/azure/main.bicepparam', 'infra/image.sh'].flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/NIGHTCRIER_[A-Z_]+/g)].map(([name]) => name),
  ),
)
for (const name of ['NIGHTCRIER_REGISTRY']) given.delete(name)

test('both installations together use every right of the list', () => {
  expect(grantsOf(network.predictedResources)).toEqual(grants)
})

test('two installations have no name in common that must be theirs alone', () => {
  expect(sharedNames(main.predictedResources, network.predictedResources)).toEqual([])
  expect(sharedNames(main.predictedResources, main.predictedResources).length).toBeGreaterThan(5)
})

/** A copy of a snapshot in which one text stands for another. */
const plant = (resources: readonly Resource[], from: string | RegExp, to: string): readonly Resource[] => {
  const text = JSON.stringify(resources)
  const planted = text.replace(from, to)
  expect(planted, String(from)).not.toBe(text)
  return JSON.parse(planted)
}
const without = (resources: readonly Resource[], gone: RegExp) => resources.filter(({ type }) => !gone.test(type))

test.each<[keyof typeof rules, string, readonly Resource[]]>([
  [
    'siteIsFlex',
    'ftpsState',
    plant(main.predictedResources, '"http20Enabled"', '"ftpsState":"Disabled","http20Enabled"'),
  ],
  ['siteIsFlex', 'an older runtime', plant(main.predictedResources, '"version":"24"', '"version":"20"')],
  ['siteIsFlex', 'no always-ready instance', plant(main.predictedResources, '"instanceCount":1', '"instanceCount":0')],
  [
    'siteIsFlex',
    'another identity for the package',
    plant(main.predictedResources, /("userAssignedIdentityResourceId":"[^"]+)functions/, '$1pull'),
  ],
  [
    'settingsAreTaken',
    'a setting that Flex refuses',
    plant(main.predictedResources, '"KEY_VAULT_URL"', '"FUNCTIONS_WORKER_RUNTIME":"node","KEY_VAULT_URL"'),
  ],
  ['settingsAreTaken', 'a name with a dash', plant(main.predictedResources, '"AGENT_IMAGE"', '"AGENT-IMAGE"')],
  [
    'settingsAreTaken',
    'a bare storage setting',
    plant(main.predictedResources, '"KEY_VAULT_URL"', '"AzureWebJobsStorage":"","KEY_VAULT_URL"'),
  ],
  [
    'settingsAreTaken',
    'the client id of another identity',
    plant(main.predictedResources, /("AzureWebJobsStorage__clientId":"[^"]+id-)functions/, '$1pull'),
  ],
  ['settingsAreTaken', 'no credential', plant(main.predictedResources, '"managedidentity"', '"token"')],
  ['namesFit', 'a vault with a digit first', plant(main.predictedResources, '"name":"kv-', '"name":"1kv-')],
  ['namesFit', 'a long account', plant(main.predictedResources, '"name":"st', '"name":"storageaccountof')],
  [
    'nothingOfToday',
    'the month',
    plant(network.predictedResources, '"startDate":"2026-01-01"', '"startDate":"[utcNow(\'yyyy-MM-01\')]"'),
  ],
  [
    'tagsFindOne',
    'the tag on both groups',
    plant(
      main.predictedResources,
      '"name":"rg-nightcrier-agents","apiVersion":"2025-04-01","location":"westeurope","tags":{',
      '"name":"rg-nightcrier-agents","apiVersion":"2025-04-01","location":"westeurope","tags":{"azd-env-name":"x",',
    ),
  ],
  ['addressesExist', 'a tag of one region', plant(main.predictedResources, '"Storage"', '"Storage.norwayeast"')],
  [
    'agentsReachWhatIsNamed',
    'no refusal at the end',
    plant(main.predictedResources, '"access":"Deny","direction":"Outbound"', '"access":"Allow","direction":"Outbound"'),
  ],
  [
    'delegationsAreRegistered',
    'a provider of nobody',
    plant(network.predictedResources, 'Microsoft.App/environments', 'Microsoft.Databricks/workspaces'),
  ],
  [
    'subnetsHaveTheirWay',
    'the default',
    plant(network.predictedResources, '"defaultOutboundAccess":false,"natGateway"', '"natGateway"'),
  ],
  ['subnetsHaveTheirWay', 'no way out', plant(main.predictedResources, /"natGateway":\{[^}]+\}/, '"natGateway":null')],
  ['noZones', 'zones', plant(main.predictedResources, '"sku":{"name":"Standard"}', '"zones":["1"],"sku":{"name":"S"}')],
  [
    'rightsAreNamed',
    'a right named after a scope alone',
    plant(main.predictedResources, /("name":"\[guid\('[^']+'), reference\([^)]+\)\.principalId/, '$1'),
  ],
  [
    'rightsAreNamed',
    'a role for the whole subscription',
    plant(main.predictedResources, /("assignableScopes":\["\/subscriptions\/[^/]+)\/resourceGroups\/[^"]+/, '$1'),
  ],
  ['noKeys', 'keys of the account', plant(main.predictedResources, '"allowSharedKeyAccess":false', '"x":false')],
  [
    'noKeys',
    'purge protection false',
    plant(main.predictedResources, '"enablePurgeProtection":true', '"enablePurgeProtection":false'),
  ],
  [
    'noKeys',
    'a registry that refuses tokens',
    plant(main.predictedResources, '"status":"enabled"', '"status":"disabled"'),
  ],
  ['keptStays', 'a rule for everything', plant(main.predictedResources, '["incidents/"]', '[]')],
  ['keptStays', 'a rule for keys', plant(main.predictedResources, '["incidents/"]', '["azure-webjobs"]')],
  ['privateIsWhole', 'an open vault', plant(network.predictedResources, /Disabled(?=[\s\S]*vaults)/, 'Enabled')],
  ['privateIsWhole', 'no names', without(network.predictedResources, /privateDnsZoneGroups$/)],
  [
    'alertsAreTaken',
    'a window of 7 minutes',
    plant(main.predictedResources, '"windowSize":"PT15M"', '"windowSize":"PT7M"'),
  ],
  ['alertsAreTaken', 'a table of nobody', plant(main.predictedResources, '"query":"traces', '"query":"Mine_CL')],
  [
    'alertsAreTaken',
    'a long name',
    plant(main.predictedResources, '"groupShortName":"night', '"groupShortName":"midnight'),
  ],
  [
    'budgetsStay',
    'the middle of a month',
    plant(network.predictedResources, '"startDate":"2026-01-01"', '"startDate":"2026-01-15"'),
  ],
])('%s sees a planted mistake: %s', (rule, _what, resources) => {
  expect(rules[rule]!(resources)).not.toEqual([])
})

test.each([
  ['a wider role under the same name', '4633458b-17de-408a-b874-0445c86b69e6', '00482a5a-887f-4fb3-b363-3b7fe8e74483'],
  [
    'a role that writes on AKS clusters',
    '7f6c6a51-bcf8-42ba-9220-52d62157d7db',
    '8311e382-0749-4cb8-b61a-304f252e45ec',
  ],
  [
    'the whole group in place of the vault',
    /extensionResourceId\('([^']+)\/providers\/Microsoft.KeyVault[^']+'/,
    "extensionResourceId('$1'",
  ],
  ['agents with the identity of the functions', /("principalId":"[^"]+)id-pull-/, '$1id-functions-'],
])('a planted wider right is seen: %s', (_what, from, to) => {
  const planted = plant(network.predictedResources, typeof from === 'string' ? new RegExp(from, 'g') : from, to)
  expect(grantsOf(planted)).not.toEqual(grants)
})
test('a planted wider act of an own role is seen', () => {
  expect(actionsOf(plant(main.predictedResources, 'containerGroups/delete', '*'))).not.toEqual(actions)
})

test('every setting of the product is made by the templates, free to be given, or of local use only', () => {
  const { wired, free, local } = product.settings
  expect([...wired, ...free, ...local].toSorted()).toEqual(Object.keys(Settings.shape).sort())
  // The rest of these are the platform's own.
  const platforms = [
    'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    'AzureFunctionsJobHost__functionTimeout',
    'AzureWebJobsDisableHomepage',
    'AzureWebJobsStorage__credential',
    'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
    'MALLOC_TRIM_THRESHOLD_',
    'languageWorkers__node__arguments',
  ]
  expect(Object.keys(settingsOfSite(main.predictedResources)).sort()).toEqual([...wired, ...platforms].sort())
})

test('workers have the same arguments and allocator in Azure and on this machine', () => {
  const settings = settingsOfSite(main.predictedResources)
  expect(String(settings.languageWorkers__node__arguments).split(' ')).toEqual(workerArguments)
  expect(settings).toMatchObject(workerEnvironment)
})

test('a window ends before the host would end it, whatever its length', () => {
  expect(settingsOfSite(main.predictedResources).AzureFunctionsJobHost__functionTimeout).toBe('00:06:40')
  expect(settingsOfSite(network.predictedResources)).toMatchObject({
    SUPERVISOR_WINDOW_SECONDS: '600',
    AzureFunctionsJobHost__functionTimeout: '00:12:00',
  })
})

test('azd deploys what the template tags, and its hooks run on every system', () => {
  const azd = parse(readFileSync(join(root, 'azure.yaml'), 'utf8'))
  const site = main.predictedResources.find(({ type }) => type === 'Microsoft.Web/sites')
  expect(Object.keys(azd.services)).toEqual([site?.tags?.['azd-service-name']])
  for (const [name, hook] of Object.entries(azd.hooks)) {
    expect(hook, name).toMatchObject({ posix: { shell: 'sh' }, windows: { shell: 'pwsh' } })
  }
})
