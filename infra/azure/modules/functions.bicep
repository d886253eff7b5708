import { Settings } from '../settings.bicep'

param location string
param tags object
@minLength(13)
param token string
param storageName string
param vaultUrl string
@description('Names the place; whoever sends there must have an identity with a role.')
param insightsConnection string
param instanceMemory int
param supervisors int
param supervisorInstances int
param maximumInstances int
@description('Recreate or RollingUpdate.')
param updateStrategy string
@description('Empty: the functions are in no network.')
param subnetId string
param agentsGroup string
param agentImage string
param agentSubnetId string
param agentDnsServers string[]
param registryIdentityId string
param keepReportsDays int
param linksThroughApp bool
param settings Settings

resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = { name: storageName }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-functions-${token}'
  location: location
  tags: tags
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
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
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', http20Enabled: true }
    // siteUpdateStrategy is said only when it is wanted: the types do not know it yet.
    #disable-next-line BCP037
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      ...(updateStrategy == 'Recreate' ? {} : { siteUpdateStrategy: { type: updateStrategy } })
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

// A run that hangs, or a window whose worker was lost, holds its lock until this ends it: little more than the window.
var windowSeconds = int(settings.?SUPERVISOR_WINDOW_SECONDS ?? '280')
var timeoutSeconds = windowSeconds + 120
var timeout = '${padLeft(timeoutSeconds / 3600, 2, '0')}:${padLeft(timeoutSeconds % 3600 / 60, 2, '0')}:${padLeft(timeoutSeconds % 60, 2, '0')}'

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
  AGENT_DNS_SERVERS: join(agentDnsServers, ',')
  SUPERVISORS: string(supervisors)
  // A month more: while a report is there its incident is known.
  INCIDENT_KEEP_DAYS: string(keepReportsDays + 30)
  AzureFunctionsJobHost__functionTimeout: timeout
  // Nothing of ours is longer than a quarter of it; the host would take in 100 MB before anybody is asked.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1048576'
  AzureWebJobsDisableHomepage: 'true'
  // Memory before speed: why these is told in infra/local/host/worker-life.ts.
  languageWorkers__node__arguments: '--max-semi-space-size=8 --heap-growing-percent=10'
  MALLOC_TRIM_THRESHOLD_: '131072'
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(
    wired,
    linksThroughApp ? { REPORT_BASE_URL: 'https://${site.properties.defaultHostName}' } : {},
    settings
  )
}

output principalId string = identity.properties.principalId
output url string = 'https://${site.properties.defaultHostName}'
