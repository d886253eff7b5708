import type { Logs } from '../simulator/logs.ts'
import type { SimObject } from '../simulator/objects.ts'
import type { Scenario } from '../simulator/scenario.ts'

/** Milliseconds by which a cluster's clock is ahead of ours, or what was renamed, where a variation has either. */
export type Varied = {
  readonly scenario: Scenario
  readonly skewMs?: number
  readonly renamed?: (text: string) => string
}
/** `undefined`: there is nothing in this scenario that it would change. */
export type Variation = (scenario: Scenario) => Varied | undefined

const withLines = (scenario: Scenario, change: (line: string) => string): Varied | undefined => {
  if (scenario.logs.size === 0) return undefined
  const lines = (text: string) => text.split('\n').map((line) => (line === '' ? '' : change(line)))
  const logs: Logs = new Map([...scenario.logs].map(([key, text]) => [key, lines(text).join('\n')]))
  return { scenario: { ...scenario, logs } }
}
const isJson = (line: string) => /^\s*[{[]/.test(line)
const timeOf = (line: string) => /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/.exec(line)?.[0] ?? ''
const levelOf = (line: string) => (/error|fatal|panic|fail|exception/i.test(line) ? 'error' : 'info')

const withoutKind = (scenario: Scenario, kind: string): Varied | undefined => {
  const objects = scenario.objects.filter((object) => object.kind !== kind)
  return objects.length === scenario.objects.length ? undefined : { scenario: { ...scenario, objects } }
}
const refused = (scenario: Scenario, resource: string, kind: string): Varied | undefined =>
  scenario.objects.some((object) => object.kind === kind)
    ? { scenario: { ...scenario, access: [...scenario.access, deny(resource)] } }
    : undefined
const deny = (resource: string): Scenario['access'][number] => ({
  verbs: ['get', 'list', 'watch'],
  resources: [resource],
  allow: false,
})

/** The same name everywhere: in objects, in logs and in what is expected. Short names are words of other sentences. */
function renamed(scenario: Scenario): Varied | undefined {
  const { rootCause, rootCauses = rootCause ? [rootCause] : [] } = scenario.expect ?? {}
  const [name] = rootCauses.map((one) => one.name).filter((one) => /^[a-z]{3,}-[a-z]{3,}(-[a-z]+)*$/.test(one))
  if (name === undefined || systemNames.test(name)) return undefined
  const pattern = new RegExp(`(?<![\\w-])${name}(?![a-z])`, 'g')
  const change = (text: string) => text.replace(pattern, 'plain-walrus')
  const objects: SimObject[] = JSON.parse(change(JSON.stringify(scenario.objects)))
  const logs: Logs = new Map([...scenario.logs].map(([key, text]) => [change(key), change(text)]))
  return { scenario: { ...scenario, objects, logs }, renamed: change }
}
/** Parts of every cluster are known by these names. */
const systemNames = /^(kube-|coredns|metrics-server|calico|cluster-|csi-|istio)/

/** The other shape of Events, and the version before of what operators define. */
function otherVersions(scenario: Scenario): Varied {
  const objects = scenario.objects.map((object): SimObject => {
    const [group = '', version = ''] = object.apiVersion.split('/')
    const custom = group.includes('.') && !group.endsWith('.k8s.io') && version === 'v1'
    return custom ? { ...object, apiVersion: `${group}/v1beta1` } : inNewShape(object)
  })
  return { scenario: { ...scenario, objects } }
}
function inNewShape(object: SimObject): SimObject {
  if (object.kind !== 'Event' || object.apiVersion !== 'v1') return object
  const { involvedObject, message, source, count, firstTimestamp, lastTimestamp, ...rest } = object
  if (involvedObject === undefined || lastTimestamp === undefined || lastTimestamp === null) return object
  return {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    note: message,
    eventTime: firstTimestamp ?? lastTimestamp,
    reportingController: source?.component ?? rest.reportingComponent ?? '',
    ...(count > 1 ? { series: { count, lastObservedTime: lastTimestamp } } : {}),
  }
}

/** Each leaves the trouble as it is and shows it otherwise, or shows less of it. */
export const variations: Readonly<Record<string, Variation>> = {
  'log lines in JSON': (scenario) =>
    withLines(scenario, (line) =>
      isJson(line)
        ? line
        : JSON.stringify({ time: timeOf(line), level: levelOf(line), caller: 'main.go:42', msg: line }),
    ),
  'log lines in logfmt': (scenario) =>
    withLines(scenario, (line) =>
      isJson(line) ? line : `time=${timeOf(line)} level=${levelOf(line)} caller=main.go:42 msg=${JSON.stringify(line)}`,
    ),
  'log lines as the runtime writes them': (scenario) =>
    withLines(scenario, (line) => `${timeOf(line) || '2026-01-12T09:40:30.5Z'} stderr F ${line}`),
  'log lines in colours': (scenario) => withLines(scenario, (line) => `\u001b[31m${line}\u001b[0m`),
  'no Events': (scenario) => withoutKind(scenario, 'Event'),
  'no logs': (scenario) => (scenario.logs.size === 0 ? undefined : { scenario: { ...scenario, logs: new Map() } }),
  'Events refused': (scenario) => refused(scenario, 'events', 'Event'),
  'logs refused': (scenario) => refused(scenario, 'pods/log', 'Pod'),
  'ConfigMaps refused': (scenario) => refused(scenario, 'configmaps', 'ConfigMap'),
  'ServiceAccounts refused': (scenario) => refused(scenario, 'serviceaccounts', 'ServiceAccount'),
  'Services refused': (scenario) => refused(scenario, 'services', 'Service'),
  'ReplicaSets refused': (scenario) => refused(scenario, 'replicasets', 'ReplicaSet'),
  'Nodes refused': (scenario) => refused(scenario, 'nodes', 'Node'),
  'claims refused': (scenario) => refused(scenario, 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  'another name': renamed,
  'other API versions': otherVersions,
  'a clock ahead': (scenario) => ({ scenario, skewMs: 45_000 }),
  'a clock behind': (scenario) => ({ scenario, skewMs: -45_000 }),
}
