import { z } from 'zod'
import { ofType, type Rule } from '../snapshot.ts'

const Policy = z.looseObject({
  policy: z.looseObject({
    rules: z.array(
      z.looseObject({
        name: z.string(),
        definition: z.looseObject({ filters: z.looseObject({ prefixMatch: z.array(z.string()).default([]) }) }),
      }),
    ),
  }),
})
/** Function keys, the package and clusters.yaml: what a rule without a prefix would remove after some weeks. */
const kept = ['azure-webjobs-secrets/', 'azure-webjobs-hosts/', 'deployments/', 'config/']

export const keptStays: Rule = (resources) =>
  ofType(resources, 'Microsoft.Storage/storageAccounts/managementPolicies').flatMap(({ properties }) =>
    Policy.parse(properties).policy.rules.flatMap(({ name, definition }) => {
      const { prefixMatch } = definition.filters
      if (prefixMatch.length === 0) return [`${name} removes everything`]
      return kept.flatMap((place) =>
        prefixMatch.some((prefix) => place.startsWith(prefix) || prefix.startsWith(place))
          ? [`${name} removes ${place}`]
          : [],
      )
    }),
  )

export const noKeys: Rule = (resources) => [
  ...ofType(resources, 'Microsoft.Storage/storageAccounts').flatMap(
    ({ properties: { allowSharedKeyAccess, ...rest } }) => [
      ...(allowSharedKeyAccess === false ? [] : ['the account has keys']),
      ...(rest.allowBlobPublicAccess === false ? [] : ['containers can be public']),
    ],
  ),
  ...ofType(resources, 'Microsoft.KeyVault/vaults').flatMap(({ properties: one }) => [
    ...(one.enableRbacAuthorization === true ? [] : ['the vault has access policies of its own']),
    ...(one.enablePurgeProtection === false ? ['enablePurgeProtection: Azure takes true or nothing'] : []),
  ]),
  ...ofType(resources, 'Microsoft.Insights/components').flatMap(({ properties }) =>
    properties.DisableLocalAuth === true ? [] : ['telemetry is taken by key'],
  ),
  ...ofType(resources, 'Microsoft.ContainerRegistry/registries').flatMap(({ properties: one }) => [
    ...(one.adminUserEnabled === false && one.anonymousPullEnabled === false ? [] : ['the registry has a password']),
    ...(JSON.stringify(one.policies ?? {}).includes('"azureADAuthenticationAsArmPolicy":{"status":"enabled"}') &&
    one.roleAssignmentMode === 'LegacyRegistryPermissions'
      ? []
      : ['AcrPull alone may not pull']),
  ]),
  ...(/listKeys|listAccountSas|AccountKey=|listCredentials/.test(JSON.stringify(resources)) ? ['a key is read'] : []),
]

/** All of it private, or none: a network that storage is closed to cannot be left by the functions. */
export const privateIsWhole: Rule = (resources) => {
  const closed = resources.filter(
    ({ type, properties }) => /storageAccounts$|vaults$/.test(type) && properties.publicNetworkAccess === 'Disabled',
  )
  if (closed.length === 0) return []
  const endpoints = ofType(resources, 'Microsoft.Network/privateEndpoints').map(({ name }) => name.split('-')[1])
  const site = ofType(resources, 'Microsoft.Web/sites')[0]
  return [
    ...(closed.length === 2 ? [] : ['one of storage and vault is open']),
    ...['blob', 'queue', 'table', 'vault'].flatMap((one) =>
      endpoints.includes(one) ? [] : [`no endpoint for ${one}`],
    ),
    ...(site?.properties.virtualNetworkSubnetId ? [] : ['the functions are outside']),
    ...(ofType(resources, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups').length === 4
      ? []
      : ['names of endpoints lead elsewhere']),
  ]
}
