targetScope = 'subscription'

import { Settings } from 'settings.bicep'

@description('Name of this installation: names and tags of all resources derive from it.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Region of everything: one of those that offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
@allowed([
  'australiaeast'
  'australiasoutheast'
  'brazilsouth'
  'canadacentral'
  'centralindia'
  'centralus'
  'eastasia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northcentralus'
  'northeurope'
  'norwayeast'
  'southafricanorth'
  'southcentralus'
  'southeastasia'
  'southindia'
  'spaincentral'
  'swedencentral'
  'uaenorth'
  'uksouth'
  'ukwest'
  'westcentralus'
  'westeurope'
  'westus'
  'westus2'
  'westus3'
])
param location string

@description('Copies of what is stored: ZRS (in three zones), LRS (in one), GRS and GZRS (also in another region); empty: ZRS where the region is known to have zones, else LRS.')
@allowed(['', 'LRS', 'ZRS', 'GRS', 'GZRS'])
param storageRedundancy string = ''

@description('Who puts kubeconfigs into the vault and clusters.yaml into storage; empty: nobody is given these rights.')
param operatorPrincipalId string = ''

@description('Kind of that principal.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string = 'User'

@description('Memory of each instance in MB. 512 holds some 1,000 clusters in each supervisor.')
@allowed([512, 2048, 4096])
param instanceMemory int = 512

@description('Supervisors that share the clusters: one function each.')
@minValue(1)
@maxValue(40)
param supervisors int = 2

@description('Always-ready instances of each supervisor. 0 is cheaper, but a timer that sleeps hears nothing.')
@minValue(0)
@maxValue(1)
param supervisorInstances int = 1

@description('Most instances of any one function. 40 is the least that the platform takes.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Image of the agents with its digest, such as <registry>/nightcrier-agent@sha256:…; empty: no agent is started.')
param agentImage string = ''

@description('How agents reach clusters: nat (a network of their own with a fixed address), firewall (the same through your firewall), none (no network, nothing is filtered).')
@allowed(['nat', 'firewall', 'none'])
param agentNetwork string = 'nat'

@description('Private address of your firewall, for agentNetwork firewall. It must let through what the agents need by name.')
param firewallAddress string = ''

@description('Addresses (CIDR or service tag) of the clusters\' API servers. Agents reach nothing else but the model and storage.')
param clusterAddresses string[] = []

@description('Resource ids of AKS clusters that are reached with the identity of the functions in place of a kubeconfig.')
param aksClusters string[] = []

@description('Ports of the API servers.')
param clusterPorts string[] = ['443', '6443']

@description('Addresses (CIDR or service tag) of the model, when there is one.')
param modelAddresses string[] = []

@description('Addresses of the network.')
param networkAddresses string = '10.61.0.0/22'

@description('Connects the functions to the network too, for clusters with private MCP servers.')
param functionsInNetwork bool = false

@description('Storage and vault answer in the network alone, through private endpoints; the functions are then in it too. Readers and operators need a way into the network.')
param vnetEnabled bool = false

@description('DNS servers that agents ask, where the names of API servers are known to yours alone; empty: those of Azure.')
@maxLength(4)
param agentDnsServers string[] = []

@description('Keeps a removed vault for 90 days whatever anybody wants. false suits a trial; once true it can never be taken back.')
param purgeProtection bool = true

@description('Brings back the vault of an installation of the same name that was removed within 90 days.')
param recoverVault bool = false

@description('How instances change over to a new version: Recreate (all at once) or RollingUpdate (a few at a time; for minutes both run).')
@allowed(['Recreate', 'RollingUpdate'])
param updateStrategy string = 'Recreate'

@description('Makes the role assignments and the two roles of this template. false: an administrator does, from docs/operations.md.')
param assignRoles bool = true

@description('Names the address of the function app in REPORT_BASE_URL; false: the app takes the name that Azure gives it.')
param linksThroughApp bool = false

@description('Days after which reports and everything else about an incident are removed.')
@minValue(1)
param keepReportsDays int = 180

@description('Days after which uploaded bundles, which the reports were made of, are removed.')
@minValue(1)
param keepBundlesDays int = 30

@description('Days after which messages kept aside are removed.')
@minValue(1)
param keepDeadLettersDays int = 90

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param keepLogsDays int = 30

@description('Most gigabytes of logs a day; what comes after is dropped until the next day.')
@minValue(1)
param logsDailyGb int = 1

@description('Who is told of alerts.')
param alertEmails string[] = []

@description('Spend per month, in the currency of the subscription, from whose 80 % on people are told; 0: no budget.')
@minValue(0)
param monthlyBudget int = 200

@description('First day of the month of the first deployment, such as 2026-01-01, and the same ever after: a budget cannot change it. Empty: no budget.')
param budgetStart string = ''

@description('Any further setting of docs/settings.md by its name.')
param settings Settings = {}

var token = uniqueString(subscription().id, environmentName, location)
var tags = { application: 'nightcrier' }
// Made here and not asked from the modules, so that a what-if knows them before anything exists.
var names = {
  storage: 'st${token}'
  vault: 'kv-${token}'
  registry: 'cr${token}'
  insights: 'appi-${token}'
  network: 'vnet-${token}'
  pullIdentity: 'id-pull-${token}'
  runAgents: guid(subscription().id, 'rg-${environmentName}-agents', 'run agents')
}
var zoned = [
  'australiaeast'
  'brazilsouth'
  'canadacentral'
  'centralindia'
  'centralus'
  'eastasia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northeurope'
  'norwayeast'
  'southafricanorth'
  'southcentralus'
  'southeastasia'
  'spaincentral'
  'swedencentral'
  'uaenorth'
  'uksouth'
  'westeurope'
  'westus2'
  'westus3'
]
var redundancy = storageRedundancy != '' ? storageRedundancy : contains(zoned, location) ? 'ZRS' : 'LRS'
var functionsSubnet = functionsInNetwork || vnetEnabled
var networked = agentNetwork != 'none' || functionsSubnet
var budgeted = monthlyBudget > 0 && budgetStart != ''

resource mainGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  // azd finds its group by this tag: it is on one alone.
  tags: union(tags, { 'azd-env-name': environmentName })
}

// Agents live in a group of their own: the right to make them reaches nothing else.
resource agentsGroup 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}-agents'
  location: location
  tags: tags
}

module storage 'modules/storage.bicep' = {
  scope: mainGroup
  name: 'storage'
  params: {
    location: location
    tags: tags
    name: names.storage
    redundancy: redundancy
    private: vnetEnabled
    keepReportsDays: keepReportsDays
    keepBundlesDays: keepBundlesDays
    keepDeadLettersDays: keepDeadLettersDays
  }
}

module vault 'modules/vault.bicep' = {
  scope: mainGroup
  name: 'vault'
  params: {
    location: location
    tags: tags
    name: names.vault
    private: vnetEnabled
    purgeProtection: purgeProtection
    recover: recoverVault
    workspaceId: monitoring.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  scope: mainGroup
  name: 'registry'
  params: { location: location, tags: tags, name: names.registry, identityName: names.pullIdentity }
}

module network 'modules/network.bicep' = if (networked) {
  scope: mainGroup
  name: 'network'
  params: {
    location: location
    tags: tags
    token: token
    name: names.network
    agentNetwork: agentNetwork
    functionsSubnet: functionsSubnet
    privateSubnet: vnetEnabled
    agentDnsServers: agentDnsServers
    firewallAddress: firewallAddress
    clusterAddresses: clusterAddresses
    clusterPorts: clusterPorts
    modelAddresses: modelAddresses
    networkAddresses: networkAddresses
  }
}

module private 'modules/private.bicep' = if (vnetEnabled) {
  scope: mainGroup
  name: 'private'
  params: {
    location: location
    tags: tags
    token: token
    networkName: names.network
    storageName: names.storage
    vaultName: names.vault
  }
  dependsOn: [network, storage, vault]
}

module agents 'modules/agents.bicep' = if (assignRoles) {
  scope: agentsGroup
  name: 'agents'
  params: { token: token, roleName: names.runAgents }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: mainGroup
  name: 'monitoring'
  params: {
    location: location
    tags: tags
    token: token
    keepLogsDays: keepLogsDays
    logsDailyGb: logsDailyGb
    alertEmails: alertEmails
    healthUrl: 'https://func-${token}.azurewebsites.net/api/health'
  }
}

module spend 'modules/spend.bicep' = if (budgeted) {
  name: 'nightcrier-spend-${token}'
  params: {
    token: token
    groups: [mainGroup.name, agentsGroup.name]
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

module functions 'modules/functions.bicep' = {
  scope: mainGroup
  name: 'functions'
  params: {
    location: location
    tags: tags
    token: token
    storageName: names.storage
    vaultUrl: vault.outputs.url
    insightsConnection: monitoring.outputs.insightsConnection
    instanceMemory: instanceMemory
    supervisors: supervisors
    supervisorInstances: supervisorInstances
    maximumInstances: maximumInstances
    updateStrategy: updateStrategy
    subnetId: functionsSubnet ? network!.outputs.functionsSubnetId : ''
    agentsGroup: agentsGroup.name
    agentImage: agentImage
    agentSubnetId: agentNetwork == 'none' ? '' : network!.outputs.agentsSubnetId
    agentDnsServers: agentDnsServers
    // Only an image of our own registry needs an identity to be pulled.
    registryIdentityId: startsWith(agentImage, '${names.registry}.') ? registry.outputs.pullIdentityId : ''
    keepReportsDays: keepReportsDays
    linksThroughApp: linksThroughApp
    settings: settings
  }
  // The host looks for its storage as it starts.
  dependsOn: [storage, private]
}

module access 'modules/access.bicep' = if (assignRoles) {
  scope: mainGroup
  name: 'access'
  params: {
    storageName: names.storage
    vaultName: names.vault
    registryName: names.registry
    insightsName: names.insights
    networkName: agentNetwork == 'none' ? '' : names.network
    pullIdentityName: names.pullIdentity
    // An identity's number is born with it, and a right is named after it: the same name for another would be refused.
    #disable-next-line what-if-short-circuiting
    functionsPrincipalId: functions.outputs.principalId
    #disable-next-line what-if-short-circuiting
    pullPrincipalId: registry.outputs.pullPrincipalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    agentsGroup: agentsGroup.name
    runAgentsRole: names.runAgents
    aksClusters: aksClusters
  }
  dependsOn: [storage, agents]
}

output AZURE_RESOURCE_GROUP string = mainGroup.name
output NIGHTCRIER_APP string = 'func-${token}'
output NIGHTCRIER_URL string = functions.outputs.url
output NIGHTCRIER_VAULT string = names.vault
output NIGHTCRIER_STORAGE string = names.storage
output NIGHTCRIER_PRINCIPAL_ID string = functions.outputs.principalId
output NIGHTCRIER_REGISTRY string = registry.outputs.server
output NIGHTCRIER_AGENTS_ADDRESS string = agentNetwork == 'nat' ? network!.outputs.outboundAddress : ''
output NIGHTCRIER_AGENTS_GROUP string = agentsGroup.name
// Comes back from here when the environment is made anew on another machine (`azd env refresh`).
output NIGHTCRIER_BUDGET_START string = budgetStart
