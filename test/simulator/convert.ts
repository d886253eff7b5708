import type { SimObject } from './objects.ts'

/** Pairs of names of the same thing in a v1 Event and in an events.k8s.io/v1 Event. */
const eventFields: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

function rename(object: SimObject, apiVersion: string, from: 0 | 1): SimObject {
  const names = new Map(eventFields.map((pair) => [pair[from], pair[from === 0 ? 1 : 0]]))
  const fields = Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value])
  return { ...Object.fromEntries(fields), apiVersion }
}

function hpaToV2(object: SimObject): SimObject {
  const { targetCPUUtilizationPercentage: percent, ...spec } = object.spec ?? {}
  const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } }
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    spec: percent === undefined ? spec : { ...spec, metrics: [{ type: 'Resource', resource: cpu }] },
  }
}
function hpaToV1(object: SimObject): SimObject {
  const { metrics, behavior: _, ...spec } = object.spec ?? {}
  const percent = metrics?.[0]?.resource?.target?.averageUtilization
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    spec: percent === undefined ? spec : { ...spec, targetCPUUtilizationPercentage: percent },
  }
}

/** As the API server keeps it: `stringData` is only for writing. */
function secret({ stringData, ...object }: SimObject): SimObject {
  const entries = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')])
  return { ...object, data: { ...object.data, ...Object.fromEntries(entries) } }
}

/** Into the one version that the simulator keeps. */
export function toStored(object: SimObject): SimObject {
  if (object.kind === 'Secret' && object.stringData) return secret(object)
  if (object.apiVersion === 'events.k8s.io/v1' && object.kind === 'Event') return rename(object, 'v1', 1)
  if (object.apiVersion === 'autoscaling/v1' && object.kind === 'HorizontalPodAutoscaler') return hpaToV2(object)
  return object
}

/** Into the version that was asked for; kinds that do not differ between versions only change their name. */
export function toVersion(object: SimObject, apiVersion: string): SimObject {
  if (object.apiVersion === apiVersion) return object
  if (apiVersion === 'events.k8s.io/v1') return rename(object, apiVersion, 0)
  if (apiVersion === 'autoscaling/v1') return hpaToV1(object)
  return { ...object, apiVersion }
}
