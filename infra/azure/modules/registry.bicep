param location string
param tags object
@minLength(5)
@maxLength(50)
param name string
param identityName string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    // By these the agents' identity may pull by AcrPull: a registry that takes no tokens of Azure's, or heeds other roles,
    // refuses it.
    policies: { azureADAuthenticationAsArmPolicy: { status: 'enabled' } }
    roleAssignmentMode: 'LegacyRegistryPermissions'
  }
}

// May pull images and nothing else. A container group carries it until its image is there; code inside can use it to
// ask for the same images again.
resource pullIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName
  location: location
  tags: tags
}

output server string = registry.properties.loginServer
output pullIdentityId string = pullIdentity.id
output pullPrincipalId string = pullIdentity.properties.principalId
