param location string
param tags object
@minLength(3)
@maxLength(24)
param name string
@description('LRS, ZRS, GRS or GZRS.')
param redundancy string
@description('Reached through private endpoints alone.')
param private bool
param keepReportsDays int
param keepBundlesDays int
param keepDeadLettersDays int

// The names that the product itself uses, written by `npm run generate`.
var product = loadJsonContent('../../product.json')

resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_${redundancy}' }
  properties: {
    // Identities only. Links to reports and for uploads are signed with keys that the service gives an identity.
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    accessTier: 'Hot'
    // Readers follow their short links from anywhere, unless all of it is private.
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: private ? 'Deny' : 'Allow', bypass: private ? 'None' : 'AzureServices' }
    sasPolicy: { sasExpirationPeriod: '7.00:00:00', expirationAction: 'Log' }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: storage
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for container in concat(product.containers, ['deployments']): {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource messages 'Microsoft.Storage/storageAccounts/queueServices@2025-08-01' = {
  parent: storage
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01' = [
  for queue in product.queues: {
    parent: messages
    name: queue
  }
]

resource rows 'Microsoft.Storage/storageAccounts/tableServices@2025-08-01' = {
  parent: storage
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-08-01' = [
  for table in product.tables: {
    parent: rows
    name: table
  }
]

var kept = [
  { name: 'incidents', prefix: 'incidents/', days: keepReportsDays }
  { name: 'bundles', prefix: 'bundles/', days: keepBundlesDays }
  { name: 'dead-letters', prefix: 'dead-letters/', days: keepDeadLettersDays }
]

// The container config is in no rule: clusters.yaml stays.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = {
  parent: storage
  name: 'default'
  properties: {
    policy: {
      rules: [
        for one in kept: {
          name: 'remove-old-${one.name}'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: [one.prefix] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: one.days } } }
          }
        }
      ]
    }
  }
}
