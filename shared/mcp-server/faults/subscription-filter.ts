import { z } from 'zod'
import type { EventView } from '../../cluster/view/view.ts'
import type { DetectedFault } from '../../faults/detect.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { labelTest } from '../objects/label-selector.ts'

const text = z.string().max(253).optional()
export const filterArguments = {
  namespaces: z.array(z.string().max(253)).max(100).optional().describe('Only in these'),
  labelSelector: z.string().max(2_000).optional().describe("Such as 'app=web'"),
  involvedKind: text.describe('Only about this kind'),
  involvedName: text.describe('Only about this name'),
  involvedNamespace: text.describe('Only in this namespace'),
  type: z.string().max(20).optional().describe('Normal or Warning'),
  reason: text.describe('Reason or fault type that begins so'),
}
const Filter = z.object(filterArguments)
export type Filter = z.infer<typeof Filter>

/** What was asked for and is not empty, in the order of the alphabet, as it is shown back. */
export function shownFilters(filter: Filter): Record<string, string | string[]> {
  const shown: Record<string, string | string[]> = {}
  const { involvedKind, involvedName, involvedNamespace, labelSelector, namespaces, reason, type } = filter
  for (const [name, value] of Object.entries({ involvedKind, involvedName, involvedNamespace, labelSelector })) {
    if (value) shown[name] = value
  }
  if (namespaces !== undefined && namespaces.length > 0) shown.namespaces = namespaces
  if (reason) shown.reason = reason
  if (type) shown.type = type
  return shown
}

type About = {
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly reason: string
}

/** Both tests of a filter; GiveUp in the reference server's words when it is wrong. */
export function filterTest(
  mode: 'faults' | 'events',
  filter: Filter,
): { readonly fault: (fault: DetectedFault) => boolean; readonly event: (event: EventView) => boolean } {
  const wrong = (what: string) => new GiveUp(`invalid subscription filters: ${what}`)
  const { type, namespaces, involvedKind, involvedName, involvedNamespace, reason } = filter
  if (type !== undefined && type !== '' && type !== 'Normal' && type !== 'Warning') {
    throw wrong("invalid type: must be 'Normal', 'Warning', or empty")
  }
  if (mode === 'faults' && type === 'Normal') throw wrong('faults mode cannot filter for Normal events')
  const labelsFit = labelTest(filter.labelSelector ?? '')
  if (labelsFit === undefined) throw wrong(`invalid label selector: ${filter.labelSelector}`)
  const fits = (about: About) =>
    (!namespaces?.length || namespaces.includes(about.namespace)) &&
    (!involvedKind || about.kind === involvedKind) &&
    (!involvedName || about.name === involvedName) &&
    (!involvedNamespace || about.namespace === involvedNamespace) &&
    (!reason || about.reason.startsWith(reason)) &&
    labelsFit(about.labels)
  return {
    fault: ({ resource, faultType, resourceLabels }) =>
      fits({
        kind: resource.kind,
        name: resource.name,
        namespace: resource.namespace ?? '',
        labels: resourceLabels,
        reason: faultType,
      }),
    event: ({ involvedObject, metadata, type: found, reason: why }) =>
      (!type || found === type) &&
      fits({
        kind: involvedObject.kind ?? '',
        name: involvedObject.name ?? '',
        namespace: involvedObject.namespace ?? metadata.namespace ?? '',
        labels: metadata.labels ?? {},
        reason: why ?? '',
      }),
  }
}
