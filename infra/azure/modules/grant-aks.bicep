// Roles on one AKS cluster, which lies in a group of its own. Used by access.bicep alone, which says who gets what.
param clusterName string
param principalId string
param roleIds string[]

resource cluster 'Microsoft.ContainerService/managedClusters@2025-10-01' existing = { name: clusterName }

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in roleIds: {
    scope: cluster
    name: guid(cluster.id, principalId, roleId)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    }
  }
]
