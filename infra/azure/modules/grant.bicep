// A role on this whole resource group. Used by access.bicep alone, which says who gets what.
param principalId string
@description('Of a role of this group: its own GUID.')
param roleName string

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = { name: roleName }

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, role.id)
  properties: { principalId: principalId, principalType: 'ServicePrincipal', roleDefinitionId: role.id }
}
