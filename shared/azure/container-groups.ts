import type { ContainerGroup, ContainerInstanceManagementClient } from '@azure/arm-containerinstance'
import type { HttpClient, PipelinePolicy } from '@azure/core-rest-pipeline'
import type { TokenCredential } from '@azure/identity'
import type { ContainerGroups, Group } from '../runtime/container-groups.ts'
import { RetryLater } from '../runtime/errors.ts'
import { once } from '../runtime/once.ts'
import { type Cloud, managerOf } from './cloud.ts'
import { type GroupPlace, groupBody, groupName } from './container-group-body.ts'
import { groupFrom } from './container-group-state.ts'
import { codeOf, statusOf } from './failure.ts'

export type ContainerGroupsPlace = GroupPlace & {
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly credential: TokenCredential
  readonly cloud?: Cloud
  /** Tests hand one in that leads to a resource manager of theirs. */
  readonly httpClient?: HttpClient
}

const DEADLINE_MS = 30_000
/** Five times the most agents that may run at once: more is somebody else's resource group. */
const MAX_GROUPS = 500
/** A list does not say how groups fare; that is asked one by one, this many at a time, far below ARM's read limits. */
const AT_A_TIME = 5
const MAX_LOG_BYTES = 64 * 1024
/** At 30 bytes a line and more this fills the 64 KiB. */
const LOG_LINES = 2_000

/** Refusals that say "not now": quotas of the subscription, and regions without room. */
const noRoom =
  /quota|capacity|SubnetIsFull|RegistryErrorResponse|ServiceUnavailable|TooManyRequests|ResourceRequestsThrottled/i
/** Refusals that pass by themselves within a minute: the group of this name is just being made or removed. */
const transitioning = /Transitioning|BeingDeleted|AnotherOperationInProgress|OperationInProgress/i

/** What an update is refused with that would change what cannot be changed: there is one, then. */
const otherShape = /updates on container group/i

export function aciContainerGroups(place: ContainerGroupsPlace): ContainerGroups {
  const { resourceGroup } = place
  const client = once(() => connect(place, 2))
  /** A second PUT is an update, and an update restarts containers: this one is never sent again unseen. */
  const starter = once(() => connect(place, 0))
  const options = () => ({ abortSignal: AbortSignal.timeout(DEADLINE_MS) })
  const read = async (name: string): Promise<ContainerGroup | undefined> => {
    try {
      return await (await client()).containerGroups.get(resourceGroup, groupName(name), options())
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw refusal(`read container group ${name}`, error)
    }
  }
  return {
    start: async (spec, { first = false } = {}) => {
      const body = groupBody(place, spec)
      // Looked for first: a second PUT is an update, and an update restarts containers.
      if (!first && (await read(spec.name)) !== undefined) return 'already-there'
      // The library then looks once how it goes, for which nobody waits.
      const accepted = new AbortController()
      const { abortSignal } = options()
      try {
        await (await starter()).containerGroups.beginCreateOrUpdate(resourceGroup, spec.name, body, {
          abortSignal: AbortSignal.any([abortSignal, accepted.signal]),
          onResponse: ({ status }) => {
            if (status === 200 || status === 201) accepted.abort()
          },
        })
        return 'started'
      } catch (error) {
        if (accepted.signal.aborted) return 'started'
        const status = statusOf(error)
        const why = `${codeOf(error)} ${error instanceof Error ? error.message : ''}`
        const clear =
          status !== undefined && status < 500 && status !== 408 && !(status === 409 && transitioning.test(why))
        // A group of this name is there, made by another version with other sizes: its own tags and fence decide.
        if (status === 400 && otherShape.test(why)) return 'already-there'
        // No word of what became of it: its name is the attempt's own, so a group that is there is the one asked for.
        if (!clear && (await read(spec.name).catch(() => undefined)) !== undefined) return 'started'
        if (status === 409 && transitioning.test(why))
          throw new RetryLater(`container group ${spec.name} is just being made or removed`)
        if (status === 429 || ((status === 400 || status === 409 || status === 503) && noRoom.test(why)))
          return 'no-capacity'
        throw refusal(`start container group ${spec.name}`, error)
      }
    },
    list: async () => {
      const found: ContainerGroup[] = []
      try {
        for await (const one of (await client()).containerGroups.listByResourceGroup(resourceGroup, options())) {
          found.push(one)
          if (found.length > MAX_GROUPS)
            throw new Error(
              `resource group ${resourceGroup} has over ${MAX_GROUPS} container groups: use one of its own`,
            )
        }
      } catch (error) {
        throw statusOf(error) === undefined ? error : refusal('list container groups', error)
      }
      const groups: Group[] = []
      for (let at = 0; at < found.length; at += AT_A_TIME) {
        const some = found.slice(at, at + AT_A_TIME).map((one) => (one.instanceView ? one : read(one.name ?? '')))
        for (const one of await Promise.all(some)) if (one !== undefined) groups.push(groupFrom(one))
      }
      return groups
    },
    get: async (name) => {
      const found = await read(name)
      return found && groupFrom(found)
    },
    logs: async (name, container) => {
      try {
        const { containers } = await client()
        const { content } = await containers.listLogs(resourceGroup, groupName(name), container, {
          ...options(),
          tail: LOG_LINES,
        })
        // A container that has said nothing has null for a log.
        return Buffer.from(content ?? '')
          .subarray(-MAX_LOG_BYTES)
          .toString('utf8')
      } catch (error) {
        // Gone, or not yet begun: either way nothing was said.
        if ([404, 409].includes(statusOf(error) ?? 0)) return ''
        throw refusal(`read the log of ${container} in container group ${name}`, error)
      }
    },
    remove: async (name) => {
      // The library then looks once how it goes, which asks for rights that a deletion does not need.
      const accepted = new AbortController()
      const { abortSignal } = options()
      try {
        await (await client()).containerGroups.beginDelete(resourceGroup, groupName(name), {
          abortSignal: AbortSignal.any([abortSignal, accepted.signal]),
          onResponse: ({ status }) => {
            if (status === 200 || status === 202 || status === 204) accepted.abort()
          },
        })
      } catch (error) {
        if (!accepted.signal.aborted && statusOf(error) !== 404) throw refusal(`remove container group ${name}`, error)
      }
    },
  }
}

async function connect(place: ContainerGroupsPlace, maxRetries: number): Promise<ContainerInstanceManagementClient> {
  const library = await import('@azure/arm-containerinstance')
  return new library.ContainerInstanceManagementClient(place.credential, place.subscriptionId, {
    ...(place.httpClient === undefined ? {} : { httpClient: place.httpClient }),
    endpoint: managerOf(place.cloud ?? 'AzureCloud'),
    // A dropped connection or a passing 5xx is ridden out; longer waits belong to the queue.
    retryOptions: { maxRetries, retryDelayInMs: 300, maxRetryDelayInMs: 1_000 },
    additionalPolicies: [{ position: 'perRetry', policy: impatient }],
  })
}

/** Without this the library sits out "come back in ten minutes" inside the call, in a function that pays by the second. */
const impatient: PipelinePolicy = {
  name: 'doNotWaitForRetryAfter',
  sendRequest: async (request, next) => {
    const response = await next(request)
    if (response.status === 429 || response.status === 503)
      for (const name of ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms']) response.headers.delete(name)
    return response
  },
}

/** What whoever reads the refusal can do, where Azure's own words do not say it. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /MissingSubscriptionRegistration/,
    ' Register it once, as an owner of the subscription: az provider register --namespace Microsoft.ContainerInstance',
  ],
  [
    /InaccessibleImage|RegistryErrorResponse/,
    ' The identity of the pull (AGENT_REGISTRY_IDENTITY) needs AcrPull on the registry, which must take tokens of Azure Resource Manager.',
  ],
  [
    /RequestDisallowedByPolicy/,
    ' A policy of the subscription forbids it, not a missing role: meet it, or exempt the resource group of the agents.',
  ],
  [/ScopeLocked/, ' Remove the lock from the resource group of the agents: finished groups stay until then.'],
  [
    /LinkedAuthorizationFailed|AuthorizationFailed/,
    ' The identity of the functions lacks a role that infra/azure/modules/access.bicep gives; a new one takes minutes to arrive.',
  ],
]

/** The library's own error carries the request, whose body holds the kubeconfig: it goes no further than here. */
function refusal(what: string, error: unknown): Error {
  const said = error instanceof Error ? error.message.slice(0, 400) : ''
  const remedy = remedies.find(([code]) => code.test(`${codeOf(error)} ${said}`))?.[1] ?? ''
  return new Error(`Azure did not ${what}: ${statusOf(error) ?? 'no answer'} ${codeOf(error)} ${said}${remedy}`)
}
