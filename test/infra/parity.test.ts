import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { providersToRegister } from '../../infra/azd/providers.ts'
import { readTerraform, type Terraform, terraformTexts, typeOf } from './hcl.ts'
import { settingsOfSite } from './rules/flex.ts'
import { actionsOf, grantsOf } from './rules/rights.ts'
import { readSnapshot } from './snapshot.ts'

const root = join(import.meta.dirname, '../..')
const network = readSnapshot('network').predictedResources
const main = readSnapshot('main').predictedResources
const all = [...main, ...network]
const Parameters = z.record(
  z.string(),
  z.looseObject({
    type: z.string(),
    description: z.string(),
    defaultValue: z.unknown().optional(),
    allowedValues: z.array(z.union([z.string(), z.number()])).optional(),
  }),
)
const parameters = Parameters.parse(JSON.parse(readFileSync(join(root, 'infra/azure/parameters.json'), 'utf8')))
const terraform = await readTerraform()

/** Descriptions name other parameters, each kind in its own way. */
const plain = (words: string) => words.replaceAll('_', '').toLowerCase()
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
/** Terraform has the subscription and the registration of providers itself; its provider brings vaults back by itself. */
const terraformAlone = ['register_providers', 'subscription_id']
const bicepAlone = ['recoverVault']

const parametersDiffer = ({ variables }: Terraform): readonly string[] =>
  Object.entries(parameters)
    .filter(([name]) => !bicepAlone.includes(name))
    .flatMap(([name, ours]) => {
      const theirs = variables[snake(name)]
      if (theirs === undefined) return [`there is no ${snake(name)}`]
      const known =
        name === 'budgetStart'
          ? []
          : [['description', plain(ours.description), plain(String(theirs.description))] as const]
      const values = [...known, ['default', ours.defaultValue, theirs.default] as const]
      const allowed = JSON.stringify(theirs.validation ?? '')
      return [
        ...values.flatMap(([what, one, other]) =>
          JSON.stringify(one) === JSON.stringify(other) ? [] : [`${name} has another ${what}`],
        ),
        ...(ours.allowedValues ?? []).flatMap((one) =>
          allowed.includes(String(one)) ? [] : [`${name} refuses ${one}`],
        ),
      ]
    })

const grantsDiffer = ({ locals, resources }: Terraform): readonly string[] => {
  const Grant = z.looseObject({ scope: z.string(), role: z.string(), principal: z.string().optional() })
  const rows = ['granted', 'operator', 'custom'].flatMap((list) =>
    Object.entries(z.record(z.string(), Grant).parse(locals[list])).map(([name, { scope, role, principal = name }]) => {
      const holder = /operator/.test(principal)
        ? 'operator'
        : /pull\.principal/.test(principal)
          ? 'agents'
          : 'functions'
      return `${holder} on ${placeOf(scope)}: ${/role_definition\.(\w+)_agents/.exec(role)?.[1]?.concat(' agents') ?? role}`
    }),
  )
  const aks = z.array(z.string()).parse(locals.aks_roles)
  const theirs = [...rows, ...aks.map((role) => `functions on aksClusters: ${role}`)].sort()
  const ours = grantsOf(network)
  const elsewhere = resources.filter(
    ({ kind, name }) => kind === 'azurerm_role_assignment' && !['granted', 'operator', 'custom', 'aks'].includes(name),
  )
  return [
    ...theirs.filter((one) => !ours.includes(one)),
    ...ours.filter((one) => !theirs.includes(one)),
    ...elsewhere.map(({ name }) => `a right outside the page: ${name}`),
  ]
}
const places: Readonly<Record<string, string>> = {
  'local.storage': 'storage',
  'local.vault': 'vault',
  'azurerm_application_insights.insights.id': 'insights',
  'azurerm_container_registry.registry.id': 'registry',
  'azurerm_resource_group.agents.id': 'group of the agents',
  'azurerm_user_assigned_identity.pull.id': 'pull identity',
  'one(azurerm_subnet.agents[*].id)': 'subnet of the agents',
  'azurerm_storage_container.containers["config"].resource_manager_id': 'container config',
}
const placeOf = (scope: string) => places[scope.replace(/^\$\{(.*)\}$/, '$1')] ?? `somewhere: ${scope}`

const actsDiffer = ({ resources }: Terraform): boolean => {
  const acts = resources
    .filter(({ kind }) => kind === 'azurerm_role_definition')
    .flatMap(({ body }) => z.array(z.looseObject({ actions: z.array(z.string()) })).parse(body.permissions))
    .flatMap((one) => one.actions)
    .sort()
  return JSON.stringify(acts) !== JSON.stringify(actionsOf(network))
}

const resourcesDiffer = ({ resources }: Terraform): readonly string[] => {
  const theirs = new Set(resources.flatMap((one) => arm[typeOf(one).split('@')[0]!] ?? [typeOf(one).split('@')[0]!]))
  const ours = new Set(all.map(({ type }) => type).filter((type) => !implied.includes(type)))
  return [...theirs].filter((type) => !ours.has(type)).concat([...ours].filter((type) => !theirs.has(type)))
}

const sorted = (object: unknown) =>
  JSON.stringify(Object.entries(z.record(z.string(), z.unknown()).parse(object)).sort())

/** What azapi sends as it stands must be what the Bicep sends; what azurerm sends is its own business but for these. */
const valuesDiffer = ({ resources, locals, providers }: Terraform): readonly string[] => {
  const Site = z.looseObject({ properties: z.looseObject({ siteConfig: z.record(z.string(), z.unknown()) }) })
  const site = resources.find(({ kind, name }) => kind === 'azapi_resource' && name === 'site')
  const ours = main.find(({ type }) => type === 'Microsoft.Web/sites')
  const features = JSON.stringify(providers.azurerm)
  const settings = Object.keys(z.record(z.string(), z.unknown()).parse(locals.wired)).sort()
  const text = JSON.stringify(resources)
  const versions = resources.flatMap((one) => {
    const [type, version] = typeOf(one).split('@')
    const known = all.find((each) => each.type === type)
    return version === undefined || known?.apiVersion === version ? [] : [`${type} has another version`]
  })
  return [
    ...(sorted(Site.parse(site?.body.body).properties.siteConfig) === sorted(ours?.properties.siteConfig)
      ? []
      : ['siteConfig differs']),
    ...(JSON.stringify(settings) === JSON.stringify(Object.keys(settingsOfSite(main)).sort())
      ? []
      : ['settings differ']),
    ...versions,
    ...(features.includes('"data_plane_available":false') ? [] : ['an Owner is refused to read queues']),
    ...(features.includes('"prevent_deletion_if_contains_resources":false') ? [] : ['destroy stops half way']),
    ...(text.includes('"shared_access_key_enabled":false') ? [] : ['the account has keys']),
    ...(/(primary|secondary)_(access_key|\w*connection_string)|sas_token/.test(text) ? ['a key is read'] : []),
    ...providersToRegister.flatMap((one) =>
      z.array(z.string()).parse(locals.providers).includes(one) ? [] : [`nobody registers ${one}`],
    ),
  ]
}

describe('the two kinds of templates agree', () => {
  test('in their parameters, defaults and words', () => {
    expect(parametersDiffer(terraform)).toEqual([])
    const known = Object.keys(parameters).map(snake)
    expect(Object.keys(terraform.variables).filter((name) => !known.includes(name))).toEqual(terraformAlone)
  })
  test('in the rights that they give', () => {
    expect(grantsDiffer(terraform)).toEqual([])
    expect(actsDiffer(terraform)).toBe(false)
  })
  test('in their resources', () => expect(resourcesDiffer(terraform)).toEqual([]))
  test('in what they say of the app, and in no key', () => expect(valuesDiffer(terraform)).toEqual([]))

  const plant = async (file: string, from: string | RegExp, to: string) => {
    const texts = terraformTexts()
    const text = texts[file]!.replace(from, to)
    expect(text, `${from} is in ${file}`).not.toBe(texts[file])
    return readTerraform({ ...texts, [file]: text })
  }
  test.each([
    ['another default', 'variables.tf', 'default     = 512', 'default     = 2048', parametersDiffer],
    ['a region less', 'variables.tf', '      "norwayeast",\n', '', parametersDiffer],
    ['another role', 'access.tf', 'Key Vault Secrets User', 'Key Vault Administrator', grantsDiffer],
    [
      'a wider scope',
      'access.tf',
      'scope = azurerm_resource_group.agents.id',
      'scope = azurerm_resource_group.main.id',
      grantsDiffer,
    ],
    ['a role that writes', 'access.tf', 'Service RBAC Reader', 'Service RBAC Writer', grantsDiffer],
    ['a right elsewhere', 'vault.tf', /$/, '\nresource "azurerm_role_assignment" "more" {\n}\n', grantsDiffer],
    ['one resource less', 'vault.tf', /resource "azurerm_monitor_diagnostic_setting"[\s\S]*$/, '', resourcesDiffer],
    [
      'a property that Flex refuses',
      'functions.tf',
      'http20Enabled',
      'ftpsState = "Disabled"\n http20Enabled',
      valuesDiffer,
    ],
    ['a setting less', 'functions.tf', /FUNCTIONS_REQUEST_BODY_SIZE_LIMIT.*\n/, '\n', valuesDiffer],
    ['an older version', 'storage.tf', '2025-08-01', '2024-01-01', valuesDiffer],
    ['reads of data', 'versions.tf', 'data_plane_available = false', 'data_plane_available = true', valuesDiffer],
    ['a provider less', 'versions.tf', '    "Microsoft.App",\n', '', valuesDiffer],
    ['a key', 'functions.tf', 'primary_blob_endpoint}deployments', 'primary_access_key}deployments', valuesDiffer],
  ])('a planted difference is seen: %s', async (_what, file, from, to, differ) => {
    expect(differ(await plant(file, from, to))).not.toEqual([])
  })
  test('a planted wider act is seen', async () => {
    expect(actsDiffer(await plant('access.tf', 'containerGroups/delete', '*'))).toBe(true)
  })
})

/** What azurerm calls by names of its own, or splits into more parts than Azure has. */
const arm: Readonly<Record<string, string | readonly string[]>> = {
  azurerm_resource_group: 'Microsoft.Resources/resourceGroups',
  azurerm_storage_account: 'Microsoft.Storage/storageAccounts',
  azurerm_storage_container: 'Microsoft.Storage/storageAccounts/blobServices/containers',
  azurerm_storage_management_policy: 'Microsoft.Storage/storageAccounts/managementPolicies',
  azurerm_key_vault: 'Microsoft.KeyVault/vaults',
  azurerm_monitor_diagnostic_setting: 'Microsoft.Insights/diagnosticSettings',
  azurerm_container_registry: 'Microsoft.ContainerRegistry/registries',
  azurerm_user_assigned_identity: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  azurerm_network_security_group: 'Microsoft.Network/networkSecurityGroups',
  azurerm_public_ip: 'Microsoft.Network/publicIPAddresses',
  azurerm_nat_gateway: 'Microsoft.Network/natGateways',
  azurerm_nat_gateway_public_ip_association: [],
  azurerm_route_table: 'Microsoft.Network/routeTables',
  azurerm_virtual_network: 'Microsoft.Network/virtualNetworks',
  azurerm_subnet: [],
  azurerm_subnet_network_security_group_association: [],
  azurerm_subnet_nat_gateway_association: [],
  azurerm_subnet_route_table_association: [],
  azurerm_private_dns_zone: 'Microsoft.Network/privateDnsZones',
  azurerm_private_dns_zone_virtual_network_link: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
  azurerm_private_endpoint: [
    'Microsoft.Network/privateEndpoints',
    'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
  ],
  azurerm_service_plan: 'Microsoft.Web/serverfarms',
  azurerm_role_assignment: 'Microsoft.Authorization/roleAssignments',
  azurerm_role_definition: 'Microsoft.Authorization/roleDefinitions',
  azurerm_log_analytics_workspace: 'Microsoft.OperationalInsights/workspaces',
  azurerm_application_insights: 'Microsoft.Insights/components',
  azurerm_monitor_action_group: 'Microsoft.Insights/actionGroups',
  azurerm_monitor_scheduled_query_rules_alert_v2: 'Microsoft.Insights/scheduledQueryRules',
  azurerm_application_insights_standard_web_test: 'Microsoft.Insights/webtests',
  azurerm_monitor_metric_alert: 'Microsoft.Insights/metricAlerts',
  azurerm_application_insights_workbook: 'Microsoft.Insights/workbooks',
  azurerm_consumption_budget_subscription: 'Microsoft.Consumption/budgets',
  terraform_data: [],
}
/** Parts of an account that azurerm makes without being asked. */
const implied = ['blobServices', 'queueServices', 'tableServices'].map(
  (part) => `Microsoft.Storage/storageAccounts/${part}`,
)
