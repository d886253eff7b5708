import { bicepResources, type Templates, terraformResources } from './templates.ts'

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

/** What a name of a resource in a template stands for; what is in neither list is shown as it is written. */
const places: readonly (readonly [RegExp, string])[] = [
  [/config\b/, 'container config'],
  [/agentsSubnet|azurerm_subnet\.agents/, 'subnet of the agents'],
  [/^resourceGroup\(agentsGroup\)|azurerm_resource_group\.agents/, 'group of the agents'],
  [/pullIdentity|azurerm_user_assigned_identity\.pull/, 'pull identity'],
  [/registry/, 'registry'],
  [/insights/, 'insights'],
  [/^vault$|^local\.vault/, 'vault'],
  [/^storage$|^local\.storage/, 'storage'],
]
const place = (written: string) => places.find(([pattern]) => pattern.test(written))?.[1] ?? `somewhere: ${written}`
const who = (written: string) =>
  /operator/i.test(written)
    ? 'operator'
    : /pull/i.test(written)
      ? 'agents'
      : /functions/i.test(written)
        ? 'functions'
        : written

/** Each right that the Bicep gives: who, on what, which role. */
export function bicepGrants(templates: Templates): readonly string[] {
  const access = templates['modules/access.bicep']!
  const ids = new Map([...access.matchAll(/^ {2}(\w+): '([0-9a-f-]{36})'$/gm)].map(([, name, id]) => [name!, id!]))
  const loopedRoles = (list: string) =>
    [
      ...(new RegExp(`^var ${list} = \\[\\n([\\s\\S]*?)^\\]`, 'm').exec(access)?.[1] ?? '').matchAll(/roles\.(\w+)/g),
    ].map(([, name]) => named(name!))
  const named = (name: string) => builtIn[ids.get(name) ?? ''] ?? `unknown: ${name} ${ids.get(name)}`
  const direct = bicepResources(templates)
    .filter(
      ({ type, name }) => type === 'Microsoft.Authorization/roleAssignments' && name !== 'grant' && name !== 'grants',
    )
    .flatMap(({ body }) => {
      const scope = /scope: (.+)$/m.exec(body)?.[1] ?? 'the whole resource group'
      const principal = /principalId: (\w+)/.exec(body)?.[1] ?? 'nobody'
      const list = /for role in (\w+):/.exec(body)?.[1]
      const role = /roleDefinitionId: (.+)$/m.exec(body)?.[1] ?? ''
      const roles =
        list === undefined
          ? [/roles\.(\w+)/.exec(role)?.[1]].map((name) => (name === undefined ? role : named(name)))
          : loopedRoles(list)
      return roles.map((one) => `${who(principal)} on ${place(scope)}: ${ownRole(one)}`)
    })
  const through = [
    ...access.matchAll(/^module \w+ 'grant\.bicep' = \{\n {2}scope: (.+)\n.*\n.*principalId: (\w+), roleId: (\w+) /gm),
  ].map(([, scope, principal, role]) => `${who(principal!)} on ${place(scope!)}: ${ownRole(role!)}`)
  const onAks = [
    ...access.matchAll(
      /^module \w+ 'grant-aks\.bicep' = \[\n {2}for id in (\w+): \{\n.*\n.*\n.*principalId: (\w+), roleIds: (\w+) /gm,
    ),
  ].flatMap(([, list, principal, roles]) => loopedRoles(roles!).map((one) => `${who(principal!)} on ${list}: ${one}`))
  const pages = ['modules/access.bicep', 'modules/grant.bicep', 'modules/grant-aks.bicep']
  const elsewhere = Object.entries(templates)
    .filter(([file]) => !pages.includes(file))
    .flatMap(([file, text]) =>
      /roleAssignments|grant(-aks)?\.bicep/.test(text) ? [`a right outside the page: ${file}`] : [],
    )
  return [...direct, ...through, ...onAks, ...elsewhere].sort()
}

export function terraformGrants(templates: Templates): readonly string[] {
  const access = templates['access.tf']!
  const rows = [...access.matchAll(/^ +(\w+)\s*= \{ (?:principal = ([\w.]+), )?scope = (\S+?), role = (\S.*?) \}$/gm)]
  const listed = rows.map(([, name, principal, scope, role]) => {
    const holder = principal ?? (name!.startsWith('operator') ? 'operator' : 'functions')
    return `${who(holder)} on ${place(scope!)}: ${role!.startsWith('"') ? role!.slice(1, -1) : ownRole(role!)}`
  })
  const aks = /^ +aks_roles = \[(.+)\]$/m.exec(access)?.[1] ?? ''
  const onAks = [...aks.matchAll(/"([^"]+)"/g)].map(([, role]) => `functions on aksClusters: ${role}`)
  const known = new Set(['granted', 'operator', 'custom', 'aks'])
  const others = terraformResources(templates)
    .filter(({ type, name }) => type === 'azurerm_role_assignment' && !known.has(name))
    .map(({ name }) => `a right outside the page: ${name}`)
  return [...listed, ...onAks, ...others].sort()
}

const ownRole = (written: string) =>
  /equip_?agents/i.test(written) ? 'equip agents' : /run_?agents/i.test(written) ? 'run agents' : written
