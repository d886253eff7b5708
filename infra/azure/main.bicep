targetScope = 'subscription'

import { Settings } from 'settings.bicep'

@description('Name of this installation: names and tags of all resources derive from it.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Region of everything. Flex Consumption and container groups must be offered there.')
param location string

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

@description('Spend per month, in the currency of the subscription, from whose 80 % on people are told.')
@minValue(1)
param monthlyBudget int = 200

@description('First day of a month; leave it as it is.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('Any further setting of docs/settings.md by its name.')
param settings Settings = {}

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName, application: 'nightcrier' }

resource mainGroup 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

// Agents live in a group of their own: the right to make them reaches nothing else.
resource agentsGroup 'Microsoft.Resources/resourceGroups@2024-03-01' = {
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
    token: token
    keepReportsDays: keepReportsDays
    keepBundlesDays: keepBundlesDays
    keepDeadLettersDays: keepDeadLettersDays
  }
}

module vault 'modules/vault.bicep' = {
  scope: mainGroup
  name: 'vault'
  params: { location: location, tags: tags, token: token, workspaceId: monitoring.outputs.workspaceId }
}

module registry 'modules/registry.bicep' = {
  scope: mainGroup
  name: 'registry'
  params: { location: location, tags: tags, token: token }
}

module network 'modules/network.bicep' = if (agentNetwork != 'none' || functionsInNetwork) {
  scope: mainGroup
  name: 'network'
  params: {
    location: location
    tags: tags
    token: token
    agentNetwork: agentNetwork
    firewallAddress: firewallAddress
    clusterAddresses: clusterAddresses
    clusterPorts: clusterPorts
    modelAddresses: modelAddresses
    networkAddresses: networkAddresses
  }
}

module agents 'modules/agents.bicep' = {
  scope: agentsGroup
  name: 'agents'
  params: { token: token }
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

module spend 'modules/spend.bicep' = {
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
    storageName: storage.outputs.name
    vaultUrl: vault.outputs.url
    insightsConnection: monitoring.outputs.insightsConnection
    instanceMemory: instanceMemory
    supervisors: supervisors
    supervisorInstances: supervisorInstances
    maximumInstances: maximumInstances
    subnetId: functionsInNetwork ? network!.outputs.functionsSubnetId : ''
    agentsGroup: agentsGroup.name
    agentImage: agentImage
    agentSubnetId: agentNetwork == 'none' ? '' : network!.outputs.agentsSubnetId
    // Only an image of our own registry needs an identity to be pulled.
    registryIdentityId: startsWith(agentImage, registry.outputs.server) ? registry.outputs.pullIdentityId : ''
    keepReportsDays: keepReportsDays
    settings: settings
  }
}

module access 'modules/access.bicep' = {
  scope: mainGroup
  name: 'access'
  params: {
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    registryName: registry.outputs.name
    insightsName: monitoring.outputs.insightsName
    networkName: agentNetwork == 'none' ? '' : network!.outputs.name
    pullIdentityName: registry.outputs.pullIdentityName
    functionsPrincipalId: functions.outputs.principalId
    pullPrincipalId: registry.outputs.pullPrincipalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    agentsGroup: agentsGroup.name
    runAgentsRoleId: agents.outputs.runAgentsRoleId
    aksClusters: aksClusters
  }
}

output AZURE_RESOURCE_GROUP string = mainGroup.name
output NIGHTCRIER_URL string = functions.outputs.url
output NIGHTCRIER_VAULT string = vault.outputs.name
output NIGHTCRIER_STORAGE string = storage.outputs.name
output NIGHTCRIER_PRINCIPAL_ID string = functions.outputs.principalId
output NIGHTCRIER_REGISTRY string = registry.outputs.server
output NIGHTCRIER_AGENTS_ADDRESS string = agentNetwork == 'nat' ? network!.outputs.outboundAddress : ''
