import { Settings } from '../settings.bicep'

param location string
param tags object
param token string
param storageName string
param vaultUrl string
@description('Names the place; whoever sends there must have an identity with a role.')
param insightsConnection string
param instanceMemory int
param supervisors int
param supervisorInstances int
param maximumInstances int
@description('Empty: the functions are in no network.')
param subnetId string
param agentsGroup string
param agentImage string
param agentSubnetId string
param registryIdentityId string
param keepReportsDays int
param settings Settings

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: storageName }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-functions-${token}'
  location: location
  tags: tags
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: subnetId == '' ? null : subnetId
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', ftpsState: 'Disabled', http20Enabled: true }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}deployments'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        // A minute's wait for an instance is a minute in which nobody hears a cluster.
        alwaysReady: supervisorInstances == 0
          ? []
          : map(range(1, supervisors), number => {
              name: 'function:supervisor-${number}'
              instanceCount: supervisorInstances
            })
      }
    }
  }

  // Code comes from the deployment container and by nobody's password.
  resource noFtp 'basicPublishingCredentialsPolicies' = { name: 'ftp', properties: { allow: false } }
  resource noScm 'basicPublishingCredentialsPolicies' = { name: 'scm', properties: { allow: false } }
}

// What follows from the other resources. Everything else keeps its default unless it is in `settings`.
var wired = {
  AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  KEY_VAULT_URL: vaultUrl
  AZURE_SUBSCRIPTION_ID: subscription().subscriptionId
  AGENT_RESOURCE_GROUP: agentsGroup
  AGENT_LOCATION: location
  AGENT_IMAGE: agentImage
  AGENT_SUBNET_ID: agentSubnetId
  AGENT_REGISTRY_IDENTITY: registryIdentityId
  SUPERVISORS: string(supervisors)
  // A month more: while a report is there its incident is known.
  INCIDENT_KEEP_DAYS: string(keepReportsDays + 30)
  // Memory before speed: why these is told in infra/local/host/worker-life.ts.
  languageWorkers__node__arguments: '--max-semi-space-size=8 --heap-growing-percent=10'
  MALLOC_TRIM_THRESHOLD_: '131072'
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: union(wired, settings)
}

output principalId string = identity.properties.principalId
output url string = 'https://${site.properties.defaultHostName}'
