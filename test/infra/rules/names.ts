import type { Rule } from '../snapshot.ts'

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, the types that are made here. */
const patterns: Readonly<Record<string, RegExp>> = {
  'Microsoft.Resources/resourceGroups': /^[-\w.()]{0,89}[-\w()]$/,
  'Microsoft.Storage/storageAccounts': /^[a-z0-9]{3,24}$/,
  'Microsoft.KeyVault/vaults': /^(?=.{3,24}$)[A-Za-z](-?[A-Za-z0-9])+$/,
  'Microsoft.ContainerRegistry/registries': /^[A-Za-z0-9]{5,50}$/,
  // Beyond 32 the host's own id is cut, and two apps on one account would share their locks.
  'Microsoft.Web/sites': /^[A-Za-z0-9]([-A-Za-z0-9]{0,30}[A-Za-z0-9])?$/,
  'Microsoft.Web/serverfarms': /^[-A-Za-z0-9]{1,60}$/,
  'Microsoft.ManagedIdentity/userAssignedIdentities': /^[A-Za-z0-9][-\w]{2,127}$/,
  'Microsoft.Network/virtualNetworks': /^[A-Za-z0-9][-\w.]{0,62}\w$/,
  'Microsoft.Network/networkSecurityGroups': /^[A-Za-z0-9][-\w.]{0,78}\w$/,
  'Microsoft.Network/natGateways': /^[A-Za-z0-9][-\w.]{0,78}\w$/,
  'Microsoft.Network/publicIPAddresses': /^[A-Za-z0-9][-\w.]{0,78}\w$/,
  'Microsoft.Network/routeTables': /^[A-Za-z0-9][-\w.]{0,78}\w$/,
  'Microsoft.Network/privateEndpoints': /^[A-Za-z0-9][-\w.]{0,62}\w$/,
  'Microsoft.OperationalInsights/workspaces': /^[A-Za-z0-9][-A-Za-z0-9]{2,61}[A-Za-z0-9]$/,
  'Microsoft.Insights/components': /^[^%&\\?/]{0,259}[^%&\\?/. ]$/,
  'Microsoft.Consumption/budgets': /^[-\w]{1,63}$/,
  'Microsoft.Authorization/roleDefinitions': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
}
const parts: Readonly<Record<string, RegExp>> = {
  'Microsoft.Storage/storageAccounts/blobServices/containers': /^(?=.{3,63}$)[a-z0-9](-?[a-z0-9])+$/,
  'Microsoft.Storage/storageAccounts/queueServices/queues': /^(?=.{3,63}$)[a-z0-9](-?[a-z0-9])+$/,
  'Microsoft.Storage/storageAccounts/tableServices/tables': /^[A-Za-z][A-Za-z0-9]{2,62}$/,
}

export const namesFit: Rule = (resources) =>
  resources.flatMap(({ type, name }) => {
    const last = name.split('/').at(-1) ?? ''
    const wrong = patterns[type]?.test(name) === false || parts[type]?.test(last) === false
    return wrong ? [`${name} is no name for ${type}`] : []
  })

/** Names of an installation belong to it alone: a second one of the tenant must not meet them. */
export const sharedNames = (one: Parameters<Rule>[0], other: Parameters<Rule>[0]): readonly string[] => {
  const unique = (resources: Parameters<Rule>[0]) =>
    resources.flatMap(({ type, name, properties }) => {
      if (type === 'Microsoft.Authorization/roleDefinitions') return [name, String(properties.roleName)]
      return /storageAccounts$|vaults$|registries$|sites$|budgets$|resourceGroups$/.test(type) ? [name] : []
    })
  return unique(one).filter((name) => unique(other).includes(name))
}

/** azd looks for its group and its app by tags, and stops when it finds two. */
export const tagsFindOne: Rule = (resources) => {
  const groups = resources.filter(({ tags }) => tags?.['azd-env-name'] !== undefined)
  const services = resources.filter(({ tags }) => tags?.['azd-service-name'] !== undefined)
  return [
    ...(groups.length === 1 && groups[0]?.type === 'Microsoft.Resources/resourceGroups'
      ? []
      : [`azd-env-name is on ${groups.length} resources`]),
    ...(services.length === 1 && services[0]?.type === 'Microsoft.Web/sites'
      ? []
      : [`azd-service-name is on ${services.length} resources`]),
  ]
}

/** A value that is another one next month would change what exists, or be refused. */
export const nothingOfToday: Rule = (resources) =>
  resources.flatMap(({ type, name, ...rest }) =>
    /utcNow|newGuid|dateTimeAdd/.test(JSON.stringify(rest)) ? [`${type} ${name} changes with the day`] : [],
  )
