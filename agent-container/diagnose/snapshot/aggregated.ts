import { z } from 'zod'
import { anyConditioned } from './kinds.ts'
import { Condition, list, maybe } from './shapes.ts'
import { reader, type Seen } from './snapshot.ts'

/** An API that another server serves for the cluster's. */
const ApiService = z.object({
  spec: z.object({ service: maybe(z.object({ namespace: z.string(), name: z.string() })) }).prefault({}),
  status: z.object({ conditions: list(Condition) }).prefault({}),
})
export type ApiService = z.infer<typeof ApiService>
export const apiServices = reader('APIService', ApiService)

/** Names of the APIServices for which a namespace that should go waits, by its own conditions. */
export const deadApis = (namespace: Seen): readonly string[] =>
  (anyConditioned.of(namespace)?.data.status.conditions ?? [])
    .filter(({ type, status }) => type === 'NamespaceDeletionDiscoveryFailure' && status === 'True')
    .flatMap(({ message }) => [...(message ?? '').matchAll(/([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/(v\d\w*)/g)])
    .map(([, group, version]) => `${version}.${group}`)
    .filter((name, index, all) => all.indexOf(name) === index)
    .slice(0, 3)
