param location string
param tags object
param token string
param agentNetwork string
param firewallAddress string
param clusterAddresses string[]
param clusterPorts string[]
param modelAddresses string[]
param networkAddresses string

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
      destinationAddressPrefix: 'Storage.${location}'
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

resource rules 'Microsoft.Network/networkSecurityGroups@2024-01-01' = {
  name: 'nsg-agents-${token}'
  location: location
  tags: tags
  properties: { securityRules: concat(toClusters, toModel, always) }
}

resource outbound 'Microsoft.Network/publicIPAddresses@2024-01-01' = if (agentNetwork == 'nat') {
  name: 'pip-agents-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2024-01-01' = if (agentNetwork == 'nat') {
  name: 'nat-agents-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { idleTimeoutInMinutes: 4, publicIpAddresses: [{ id: outbound.id }] }
}

resource routes 'Microsoft.Network/routeTables@2024-01-01' = if (agentNetwork == 'firewall') {
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

resource network 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [networkAddresses] }
    subnets: [
      {
        name: 'agents'
        properties: {
          addressPrefix: cidrSubnet(networkAddresses, 24, 0)
          defaultOutboundAccess: false
          networkSecurityGroup: { id: rules.id }
          natGateway: agentNetwork == 'nat' ? { id: nat.id } : null
          routeTable: agentNetwork == 'firewall' ? { id: routes.id } : null
          delegations: [
            {
              name: 'container-groups'
              properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' }
            }
          ]
        }
      }
      {
        name: 'functions'
        properties: {
          addressPrefix: cidrSubnet(networkAddresses, 24, 1)
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
    ]
  }
}

output name string = network.name
output agentsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'agents')
output functionsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'functions')
output outboundAddress string = agentNetwork == 'nat' ? outbound!.properties.ipAddress : ''
