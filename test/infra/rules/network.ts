import { z } from 'zod'
import { ofType, type Rule } from '../snapshot.ts'

const Network = z.looseObject({
  subnets: z.array(
    z.looseObject({
      name: z.string(),
      properties: z.looseObject({
        defaultOutboundAccess: z.boolean().optional(),
        natGateway: z.looseObject({}).nullish(),
        routeTable: z.looseObject({}).nullish(),
        delegations: z.array(z.looseObject({ properties: z.looseObject({ serviceName: z.string() }) })).default([]),
      }),
    }),
  ),
})
const Rules = z.looseObject({
  securityRules: z.array(
    z.looseObject({
      name: z.string(),
      properties: z.looseObject({
        access: z.enum(['Allow', 'Deny']),
        direction: z.enum(['Inbound', 'Outbound']),
        priority: z.number().int().min(100).max(4096),
        destinationAddressPrefix: z.string(),
      }),
    }),
  ),
})

/** Tags that exist in each region as they are written; those of one region have spellings of their own. */
const tags = ['Storage', 'AzureMonitor', 'AzureActiveDirectory', 'AzureCloud', 'VirtualNetwork', 'Internet', '*']
const address = /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/

export const addressesExist: Rule = (resources) =>
  ofType(resources, 'Microsoft.Network/networkSecurityGroups').flatMap(({ properties }) =>
    Rules.parse(properties).securityRules.flatMap(({ name, properties: { destinationAddressPrefix: to } }) =>
      tags.includes(to) || address.test(to) ? [] : [`${name}: ${to} is no service tag of every region`],
    ),
  )

export const agentsReachWhatIsNamed: Rule = (resources) =>
  ofType(resources, 'Microsoft.Network/networkSecurityGroups').flatMap(({ properties }) => {
    const rules = Rules.parse(properties).securityRules
    const last = (direction: string) =>
      rules.some(
        ({ properties: one }) =>
          one.direction === direction &&
          one.access === 'Deny' &&
          one.priority === 4096 &&
          one.destinationAddressPrefix === '*',
      )
    const priorities = rules.map(({ properties: one }) => `${one.direction} ${one.priority}`)
    return [
      ...(last('Outbound') ? [] : ['agents reach everything']),
      ...(last('Inbound') ? [] : ['agents are reached by everybody']),
      ...rules.flatMap(({ name, properties: one }) =>
        one.access === 'Allow' && (one.direction === 'Inbound' || one.destinationAddressPrefix === '*')
          ? [`${name} opens too much`]
          : [],
      ),
      ...(new Set(priorities).size === priorities.length ? [] : ['two rules have one priority']),
    ]
  })

/** Providers that a deployment registers by itself are those of its own resources; others must be registered before. */
export const delegationsAreRegistered =
  (registered: readonly string[]): Rule =>
  (resources) =>
    ofType(resources, 'Microsoft.Network/virtualNetworks').flatMap(({ properties }) =>
      Network.parse(properties).subnets.flatMap(({ name, properties: { delegations } }) =>
        delegations.flatMap(({ properties: { serviceName } }) =>
          registered.includes(serviceName.split('/')[0] ?? '')
            ? []
            : [`subnet ${name}: nobody registers ${serviceName.split('/')[0]}`],
        ),
      ),
    )

/** From 2026 on a subnet that does not say so is private, and one that says so has no way out but one that it is given. */
export const subnetsHaveTheirWay: Rule = (resources) =>
  ofType(resources, 'Microsoft.Network/virtualNetworks').flatMap(({ properties }) =>
    Network.parse(properties).subnets.flatMap(({ name, properties: one }) => [
      ...(one.defaultOutboundAccess === false ? [] : [`subnet ${name} leaves its way out to the default`]),
      ...(name.includes('_') ? [`subnet ${name}: Flex refuses _`] : []),
      ...(name === 'private' || one.natGateway || one.routeTable ? [] : [`subnet ${name} has no way out`]),
    ]),
  )

/** Regions without zones refuse them. */
export const noZones: Rule = (resources) =>
  resources.flatMap(({ name, zones, properties }) =>
    (zones?.length ?? 0) > 0 || properties.zoneRedundant === true ? [`${name} is in zones`] : [],
  )
