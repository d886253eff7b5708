param location string
param tags object
param token string

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false, anonymousPullEnabled: false }
}

// May pull images and nothing else. A container group carries it until its image is there; code inside can use it to
// ask for the same images again.
resource pullIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-pull-${token}'
  location: location
  tags: tags
}

output name string = registry.name
output server string = registry.properties.loginServer
output pullIdentityId string = pullIdentity.id
output pullIdentityName string = pullIdentity.name
output pullPrincipalId string = pullIdentity.properties.principalId
