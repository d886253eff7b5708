// Every right that anybody has here, on one page.
param storageName string
param vaultName string
param registryName string
param insightsName string
@description('Empty: agents have no network.')
param networkName string
param pullIdentityName string
param functionsPrincipalId string
param pullPrincipalId string
param operatorPrincipalId string
param operatorPrincipalType string
param agentsGroup string
@description('Of the role in the agents\' group.')
param runAgentsRole string
param aksClusters string[]

var roles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageQueueDelegator: '7ee386e9-84f0-448e-80a6-f185f6533131'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  keyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  acrPush: '8311e382-0749-4cb8-b61a-304f252e45ec'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  aksClusterUser: '4abbcc35-e782-43d8-92c5-2d3f1bd2253f'
  aksRbacReader: '7f6c6a51-bcf8-42ba-9220-52d62157d7db'
}

resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: storageName
  resource blobs 'blobServices' existing = {
    name: 'default'
    resource config 'containers' existing = { name: 'config' }
  }
}
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = { name: vaultName }
resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = { name: registryName }
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }
resource pullIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: pullIdentityName
}
resource network 'Microsoft.Network/virtualNetworks@2025-07-01' existing = if (networkName != '') {
  name: empty(networkName) ? 'none' : networkName
  resource agentsSubnet 'subnets' existing = { name: 'agents' }
}

// --- The functions -------------------------------------------------------------------------------------------------

// The account holds nothing but what is Nightcrier's. Data Owner is what the Functions host asks for its own locks; the
// delegators' right lets links be signed without any key of the account (Blob Data Owner has it, queues need their own).
var onStorage = [
  roles.storageBlobDataOwner
  roles.storageQueueDataContributor
  roles.storageQueueDelegator
  roles.storageTableDataContributor
]
resource functionsOnStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in onStorage: {
    scope: storage
    name: guid(storage.id, functionsPrincipalId, role)
    properties: {
      principalId: functionsPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource functionsOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, functionsPrincipalId, roles.keyVaultSecretsUser)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

resource functionsOnInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, functionsPrincipalId, roles.monitoringMetricsPublisher)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.monitoringMetricsPublisher
    )
  }
}

module functionsOnAgents 'grant.bicep' = {
  scope: resourceGroup(agentsGroup)
  name: 'functions-on-agents'
  params: { principalId: functionsPrincipalId, roleName: runAgentsRole }
}

// AKS clusters that are reached without a kubeconfig: where they are, and their objects but Secrets, each on one cluster.
var onAks = [
  roles.aksClusterUser
  roles.aksRbacReader
]
module functionsOnAks 'grant-aks.bicep' = [
  for id in aksClusters: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    name: 'functions-on-${uniqueString(id)}'
    params: { clusterName: split(id, '/')[8], principalId: functionsPrincipalId, roleIds: onAks }
  }
]

// A container group is put into a subnet and given an identity by whoever makes it: two rights, each on one resource.
resource equipAgents 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'equip agents')
  properties: {
    roleName: 'Nightcrier equip agents ${uniqueString(resourceGroup().id)}'
    description: 'Puts container groups into a subnet and lets them pull their image.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: [
          'Microsoft.Network/virtualNetworks/subnets/join/action'
          'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
  }
}

resource functionsOnSubnet 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (networkName != '') {
  scope: network::agentsSubnet
  name: guid(network::agentsSubnet.id, functionsPrincipalId, equipAgents.id)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: equipAgents.id
  }
}

resource functionsOnPullIdentity 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: pullIdentity
  name: guid(pullIdentity.id, functionsPrincipalId, equipAgents.id)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: equipAgents.id
  }
}

// --- The agents: their image, nothing else --------------------------------------------------------------------------

resource pullOnRegistry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, pullPrincipalId, roles.acrPull)
  properties: {
    principalId: pullPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
  }
}

// --- The operator: secrets, clusters.yaml, images --------------------------------------------------------------------

resource operatorOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (operatorPrincipalId != '') {
  scope: vault
  name: guid(vault.id, operatorPrincipalId, roles.keyVaultSecretsOfficer)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
  }
}

resource operatorOnConfig 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (operatorPrincipalId != '') {
  scope: storage::blobs::config
  name: guid(storage::blobs::config.id, operatorPrincipalId, roles.storageBlobDataContributor)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

resource operatorOnRegistry 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (operatorPrincipalId != '') {
  scope: registry
  name: guid(registry.id, operatorPrincipalId, roles.acrPush)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPush)
  }
}
