import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { generated } from '../../infra/generate.ts'
import { workerArguments, workerEnvironment } from '../../infra/local/host/worker-life.ts'
import { Settings } from '../../shared/config/settings.ts'
import { bicepGrants, terraformGrants } from './grants.ts'
import {
  bicepParameters,
  bicepResources,
  customActions,
  readTemplates,
  type Templates,
  terraformResources,
  terraformVariables,
  wiredSettings,
} from './templates.ts'

const root = join(import.meta.dirname, '../..')
const bicep = readTemplates('azure')
const terraform = readTemplates('terraform')
const product = JSON.parse(readFileSync(join(root, 'infra/product.json'), 'utf8'))

test.each(Object.entries(generated()))('%s is what npm run generate writes', (file, text) => {
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

describe('rights', () => {
  test('the Bicep gives these and no others', () => expect(bicepGrants(bicep)).toEqual(grants))
  test('the Terraform gives the same', () => expect(terraformGrants(terraform)).toEqual(grants))
  test('own roles hold single acts, each on a resource group, in both', () => {
    expect(customActions(bicep)).toEqual(actions)
    expect(customActions(terraform)).toEqual(actions)
    for (const { type, body } of bicepResources(bicep)) {
      if (type === 'Microsoft.Authorization/roleDefinitions')
        expect(body).toContain('assignableScopes: [resourceGroup().id]')
    }
  })

  const plant = (templates: Templates, file: string, from: string | RegExp, to: string): Templates => {
    const text = templates[file]!.replace(from, to)
    expect(text, `${from} is in ${file}`).not.toBe(templates[file])
    return { ...templates, [file]: text }
  }
  const access = 'modules/access.bicep'
  test.each([
    [
      'another role under the same name',
      plant(bicep, access, '4633458b-17de-408a-b874-0445c86b69e6', '00482a5a-887f-4fb3-b363-3b7fe8e74483'),
    ],
    ['the whole resource group in place of the vault', plant(bicep, access, '  scope: vault\n', '')],
    [
      'one more role in the loop',
      plant(
        bicep,
        access,
        '  roles.storageQueueDelegator\n',
        '  roles.storageQueueDelegator\n  roles.keyVaultSecretsOfficer\n',
      ),
    ],
    ['a role that writes on AKS clusters', plant(bicep, access, '  roles.aksRbacReader\n', '  roles.acrPush\n')],
    [
      'the main group in place of that of the agents',
      plant(bicep, access, 'scope: resourceGroup(agentsGroup)', 'scope: resourceGroup()'),
    ],
    [
      'a right on another page',
      plant(
        bicep,
        'modules/vault.bicep',
        /$/,
        "\nresource x 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n}\n",
      ),
    ],
    [
      'agents with the identity of the functions',
      plant(bicep, access, 'principalId: pullPrincipalId', 'principalId: functionsPrincipalId'),
    ],
  ])('a planted wider right is seen in the Bicep: %s', (_what, planted) => {
    expect(bicepGrants(planted)).not.toEqual(grants)
  })
  test.each([
    ['another role', plant(terraform, 'access.tf', 'Key Vault Secrets User', 'Key Vault Administrator')],
    [
      'a wider scope',
      plant(
        terraform,
        'access.tf',
        'scope = azurerm_resource_group.agents.id, role',
        'scope = azurerm_resource_group.main.id, role',
      ),
    ],
    [
      'a role that writes on AKS clusters',
      plant(terraform, 'access.tf', 'Kubernetes Service RBAC Reader', 'Kubernetes Service RBAC Writer'),
    ],
    ['a right elsewhere', plant(terraform, 'vault.tf', /$/, '\nresource "azurerm_role_assignment" "more" {\n}\n')],
  ])('a planted wider right is seen in the Terraform: %s', (_what, planted) => {
    expect(terraformGrants(planted)).not.toEqual(grants)
  })
  test('a planted wider act of an own role is seen in both', () => {
    const wider = plant(bicep, 'modules/agents.bicep', 'containerGroups/delete', '*')
    expect(customActions(wider)).not.toEqual(actions)
    const widerToo = plant(terraform, 'access.tf', 'containerGroups/delete', '*')
    expect(customActions(widerToo)).not.toEqual(actions)
  })
})

describe('the two kinds of templates agree', () => {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const value = (text: string) =>
    text
      .replaceAll("'", '"')
      .replace(/, +/g, ',')
      .replace(/^\{\}$/, '{}')

  test('in their parameters and defaults', () => {
    const [ours, theirs] = [bicepParameters(bicep), terraformVariables(terraform)]
    expect([...ours.keys()].map(snake).sort()).toEqual(
      [...theirs.keys()].filter((name) => name !== 'subscription_id').sort(),
    )
    for (const [name, given] of ours) {
      // Each says "this month" in its own way.
      if (name !== 'budgetStart') expect(value(given), name).toBe(value(theirs.get(snake(name))!))
    }
  })

  test('in their resources', () => {
    const terraforms = new Set(terraformResources(terraform).flatMap(({ type }) => arm[type] ?? [type]))
    const biceps = new Set(
      bicepResources(bicep)
        .map(({ type }) => type)
        .filter((type) => !implied.includes(type)),
    )
    expect([...biceps].sort()).toEqual([...terraforms].sort())
  })

  test('in the settings that they make', () => expect(wiredSettings(bicep)).toEqual(wiredSettings(terraform)))
})

test('every setting of the product is made by the templates, free to be given, or of local use only', () => {
  const { wired, free, local } = product.settings
  const all = [...wired, ...free, ...local]
  expect(all.toSorted()).toEqual(Object.keys(Settings.shape).sort())
  // The rest of these are the platform's own.
  const platforms = [
    'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    'AzureWebJobsStorage__credential',
    'MALLOC_TRIM_THRESHOLD_',
    'languageWorkers__node__arguments',
  ]
  expect(wiredSettings(bicep)).toEqual([...wired, ...platforms].sort())
})

test('workers have the same arguments and allocator in Azure and on this machine', () => {
  for (const templates of [bicep, terraform]) {
    const [, given] = /languageWorkers__node__arguments\s*[:=] ['"](.+)['"]/.exec(Object.values(templates).join()) ?? []
    expect(given?.split(' ')).toEqual(workerArguments)
    for (const [name, value] of Object.entries(workerEnvironment))
      expect(Object.values(templates).join()).toMatch(new RegExp(`${name}\\s*[:=] ['"]${value}['"]`))
  }
})

test('one kind of resource has one API version, a finished one but where none exists', () => {
  const versions = new Map<string, string>()
  for (const text of Object.values(bicep)) {
    for (const [, type, version] of text.matchAll(/'(Microsoft\.[\w./]+)@([\w-]+)'/g)) {
      expect(versions.get(type!) ?? version, type).toBe(version)
      versions.set(type!, version!)
      if (type !== 'Microsoft.Insights/diagnosticSettings') expect(version, type).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  }
})

test('no key, no password, no public container, in either', () => {
  for (const [file, text] of [...Object.entries(bicep), ...Object.entries(terraform)]) {
    expect(text, file).not.toMatch(/listKeys|listAccountSas|AccountKey=|primary_access_key|primary_connection_string/)
  }
  expect(bicep['modules/storage.bicep']).toMatch(/allowSharedKeyAccess: false[\s\S]*allowBlobPublicAccess: false/)
  expect(terraform['storage.tf']).toMatch(
    /shared_access_key_enabled\s*= false[\s\S]*allow_nested_items_to_be_public\s*= false/,
  )
  expect(bicep['modules/vault.bicep']).toMatch(/enableRbacAuthorization: true[\s\S]*enablePurgeProtection: true/)
  expect(bicep['modules/monitoring.bicep']).toMatch(/DisableLocalAuth: true/)
})

test('agents reach what is named and nothing else', () => {
  const network = bicep['modules/network.bicep']!
  const denied = [...network.matchAll(/access: 'Deny'\n +direction: '(\w+)'\n +priority: 4096\n +protocol: '\*'/g)]
  expect(denied.map(([, direction]) => direction)).toEqual(['Outbound', 'Inbound'])
  const allowed = [...network.matchAll(/access: 'Allow'[\s\S]*?destinationAddressPrefix: (.+)/g)].map(([, to]) => to)
  expect(allowed).toEqual(['address', 'address', expect.stringMatching(/^'Storage\.\$\{location\}'$/)])
})

test('each module that main.bicep names exists and is given exactly what it asks for', () => {
  const blocks = bicep['main.bicep']!.split(/^(?=module )/m).slice(1)
  const named = blocks.map((block) => {
    const text = block.slice(0, block.search(/^\}/m))
    return [/^module (\w+) '(modules\/\w+\.bicep)'/.exec(text)!, text.slice(text.indexOf('params: {') + 9)] as const
  })
  expect(named.length).toBe(9)
  for (const [[, name, file], body] of named) {
    const asks = [...bicep[file!]!.matchAll(/^param (\w+) /gm)].map(([, one]) => one!)
    const given = [...body.matchAll(/(?:^|[\n,])\s*(\w+):\s/g)].map(([, one]) => one!)
    expect(given.sort(), name).toEqual(asks.sort())
  }
  for (const [, module, output] of bicep['main.bicep']!.matchAll(/(\w+)!?\.outputs\.(\w+)/g)) {
    expect(bicep[`modules/${module}.bicep`], `${module}.${output}`).toMatch(new RegExp(`^output ${output} `, 'm'))
  }
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
