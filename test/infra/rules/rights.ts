import { ofType, type Resource, type Rule } from '../snapshot.ts'

/** Azure's own ids of its roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const builtIn: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '7ee386e9-84f0-448e-80a6-f185f6533131': 'Storage Queue Delegator',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'AcrPull',
  '8311e382-0749-4cb8-b61a-304f252e45ec': 'AcrPush',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '4abbcc35-e782-43d8-92c5-2d3f1bd2253f': 'Azure Kubernetes Service Cluster User Role',
  '7f6c6a51-bcf8-42ba-9220-52d62157d7db': 'Azure Kubernetes Service RBAC Reader',
}

const places: readonly (readonly [RegExp, string])[] = [
  [/managedClusters\/[^/]+$/, 'aksClusters'],
  [/containers\/config$/, 'container config'],
  [/subnets\/agents$/, 'subnet of the agents'],
  [/resourceGroups\/rg-[\w-]+-agents$/, 'group of the agents'],
  [/userAssignedIdentities\/id-pull-\w+$/, 'pull identity'],
  [/registries\/cr\w+$/, 'registry'],
  [/components\/appi-\w+$/, 'insights'],
  [/vaults\/kv-\w+$/, 'vault'],
  [/storageAccounts\/st\w+$/, 'storage'],
]

/** What a right is on: before the name that Azure cannot know yet, the scope stands in its id. */
const scopeOf = ({ id }: Resource): string =>
  /^\[extensionResourceId\('([^']+)'/.exec(id)?.[1] ??
  /^\[resourceId\('[^']+', '[^']+', 'Microsoft\.Authorization\/roleAssignments', guid\('([^']+)'/.exec(id)?.[1] ??
  id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/.*$/, '')

const holderOf = (principal: string): string =>
  principal.includes('/id-functions-') ? 'functions' : principal.includes('/id-pull-') ? 'agents' : 'operator'

/** Each right that is given: who, on what, which role. */
export function grantsOf(resources: readonly Resource[]): readonly string[] {
  const own = new Map(
    ofType(resources, 'Microsoft.Authorization/roleDefinitions').map(({ id, properties }) => [
      id,
      String(properties.roleName)
        .replace(/^Nightcrier /, '')
        .replace(/ \w+$/, ''),
    ]),
  )
  const all = ofType(resources, 'Microsoft.Authorization/roleAssignments').map((one) => {
    const scope = scopeOf(one)
    const role = String(one.properties.roleDefinitionId)
    const name = own.get(role) ?? builtIn[role.split('/').at(-1) ?? ''] ?? `unknown ${role}`
    const place = places.find(([pattern]) => pattern.test(scope))?.[1] ?? `somewhere: ${scope}`
    return `${holderOf(String(one.properties.principalId))} on ${place}: ${name}`
  })
  return [...new Set(all)].sort()
}

/** Actions of the roles that are made. */
export const actionsOf = (resources: readonly Resource[]): readonly string[] =>
  ofType(resources, 'Microsoft.Authorization/roleDefinitions')
    .flatMap(({ properties }) => JSON.stringify(properties).match(/"Microsoft\.[^"]+\/[^"]+"|"\*[^"]*"/g) ?? [])
    .map((action) => action.slice(1, -1))
    .sort()

/** A role is for one resource group, and a right is named after whom it is for: an identity made anew gets one of its own. */
export const rightsAreNamed: Rule = (resources) => [
  ...ofType(resources, 'Microsoft.Authorization/roleDefinitions').flatMap(({ name, properties }) => {
    const scopes = properties.assignableScopes
    return Array.isArray(scopes) && scopes.every((one) => /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/.test(one))
      ? []
      : [`role ${name} can be given everywhere`]
  }),
  ...ofType(resources, 'Microsoft.Authorization/roleAssignments').flatMap(({ name, properties }) => {
    const principal = String(properties.principalId)
    const carried = principal.startsWith('[') ? name.includes(principal.slice(1, -1)) : !name.startsWith('[')
    return carried ? [] : [`a right of ${principal.slice(0, 60)} is not named after it: ${name.slice(0, 60)}`]
  }),
]
