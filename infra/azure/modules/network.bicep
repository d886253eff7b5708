param location string
param tags object
param token string
param name string
param agentNetwork string
param functionsSubnet bool
@description('For the private endpoints of storage and vault.')
param privateSubnet bool
param agentDnsServers string[]
param firewallAddress string
param clusterAddresses string[]
param clusterPorts string[]
param modelAddresses string[]
param networkAddresses string

var agentAddresses = cidrSubnet(networkAddresses, 24, 0)
var functionAddresses = cidrSubnet(networkAddresses, 24, 1)
var privateAddresses = cidrSubnet(networkAddresses, 24, 2)
// Subnets have no way out by default: those that need one have it by this gateway, or through the firewall.
var withNat = agentNetwork == 'nat' || (functionsSubnet && agentNetwork != 'firewall')
var withFirewall = agentNetwork == 'firewall'

// Priorities leave room for 1,000 clusters before the model's, and the refusal comes last.
var toClusters = [
  for (address, index) in clusterAddresses: {
    name: 'to-cluster-${index}'
    properties: {
      access: 'Allow'
      direction: 'Outbound'
      priority: 100 + index
      protocol: 'Tcp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: address
      destinationPortRanges: clusterPorts
    }
  }
]
var toModel = [
  for (address, index) in modelAddresses: {
    name: 'to-model-${index}'
    properties: {
      access: 'Allow'
      direction: 'Outbound'
      priority: 2000 + index
      protocol: 'Tcp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: address
      destinationPortRanges: ['443']
    }
  }
]
// A name server that Azure does not run is an address like any other.
var toNames = [
  for (address, index) in agentDnsServers: {
    name: 'to-names-${index}'
    properties: {
      access: 'Allow'
      direction: 'Outbound'
      priority: 2900 + index
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: address
      destinationPortRanges: ['53']
    }
  }
]
var always = [
  {
    name: 'to-storage'
    properties: {
      access: 'Allow'
      direction: 'Outbound'
      priority: 3000
      protocol: 'Tcp'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      // Of all regions: the tag of one region is spelled in a way of its own where the region's name is long.
      destinationAddressPrefix: privateSubnet ? privateAddresses : 'Storage'
      destinationPortRanges: ['443']
    }
  }
  {
    name: 'nothing-else-out'
    properties: {
      access: 'Deny'
      direction: 'Outbound'
      priority: 4096
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRange: '*'
    }
  }
  {
    name: 'nothing-in'
    properties: {
      access: 'Deny'
      direction: 'Inbound'
      priority: 4096
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: '*'
      destinationPortRange: '*'
    }
  }
]

resource rules 'Microsoft.Network/networkSecurityGroups@2025-07-01' = {
  name: 'nsg-agents-${token}'
  location: location
  tags: tags
  properties: { securityRules: concat(toClusters, toModel, toNames, always) }
}

resource outbound 'Microsoft.Network/publicIPAddresses@2025-07-01' = if (withNat) {
  name: 'pip-agents-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2025-07-01' = if (withNat) {
  name: 'nat-agents-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { idleTimeoutInMinutes: 4, publicIpAddresses: [{ id: outbound.id }] }
}

resource routes 'Microsoft.Network/routeTables@2025-07-01' = if (withFirewall) {
  name: 'rt-agents-${token}'
  location: location
  tags: tags
  properties: {
    routes: [
      {
        name: 'all-through-the-firewall'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: firewallAddress
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [networkAddresses] }
    subnets: concat(
      [
        {
          name: 'agents'
          properties: {
            addressPrefix: agentAddresses
            defaultOutboundAccess: false
            networkSecurityGroup: { id: rules.id }
            natGateway: agentNetwork == 'nat' ? { id: nat.id } : null
            routeTable: withFirewall ? { id: routes.id } : null
            // The short way to storage: container groups in a network are asked to have it, and no gateway is paid.
            serviceEndpoints: [{ service: 'Microsoft.Storage' }]
            delegations: [
              {
                name: 'container-groups'
                properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' }
              }
            ]
          }
        }
      ],
      functionsSubnet
        ? [
            {
              name: 'functions'
              properties: {
                addressPrefix: functionAddresses
                defaultOutboundAccess: false
                natGateway: withNat ? { id: nat.id } : null
                routeTable: withFirewall ? { id: routes.id } : null
                delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
              }
            }
          ]
        : [],
      privateSubnet
        ? [
            {
              name: 'private'
              properties: { addressPrefix: privateAddresses, defaultOutboundAccess: false }
            }
          ]
        : []
    )
  }
}

output agentsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'agents')
output functionsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'functions')
output outboundAddress string = agentNetwork == 'nat' ? outbound!.properties.ipAddress : ''
