// Storage and vault by addresses of the network alone: an endpoint for each service, and the names that lead there.
param location string
param tags object
param token string
param networkName string
param storageName string
param vaultName string

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: networkName
  resource subnet 'subnets' existing = { name: 'private' }
}
resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = { name: storageName }
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = { name: vaultName }

var services = [
  { group: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
  { group: 'queue', zone: 'privatelink.queue.${environment().suffixes.storage}' }
  { group: 'table', zone: 'privatelink.table.${environment().suffixes.storage}' }
  // As ARM's own suffix has it, but for the dot before it and the word between: `vault.` is `vaultcore.` here.
  {
    group: 'vault'
    zone: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for one in services: {
    name: one.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (one, index) in services: {
    parent: zones[index]
    name: 'link-${token}'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2025-07-01' = [
  for one in services: {
    name: 'pe-${one.group}-${token}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network::subnet.id }
      privateLinkServiceConnections: [
        {
          name: one.group
          properties: { privateLinkServiceId: one.group == 'vault' ? vault.id : storage.id, groupIds: [one.group] }
        }
      ]
    }
  }
]

resource registrations 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-07-01' = [
  for (one, index) in services: {
    parent: endpoints[index]
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: one.group, properties: { privateDnsZoneId: zones[index].id } }] }
  }
]
