@minLength(13)
param token string
param roleName string

// What the functions do with container groups, act by act (shared/azure/container-groups.ts). No exec, no attach, no
// start or restart: a group has one life.
resource runAgents 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: roleName
  properties: {
    roleName: 'Nightcrier run agents ${token}'
    description: 'Makes, looks at and removes container groups in one resource group.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: [
          'Microsoft.ContainerInstance/containerGroups/read'
          'Microsoft.ContainerInstance/containerGroups/write'
          'Microsoft.ContainerInstance/containerGroups/delete'
          'Microsoft.ContainerInstance/containerGroups/containers/logs/read'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
  }
}
