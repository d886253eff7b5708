import type { SimObject } from './objects.ts'
import { refuse } from './status.ts'
import type { Store } from './store.ts'

/** `<namespace>/<pod>/<container>` or `….previous` → text. */
export type Logs = ReadonlyMap<string, string>

export type LogRequest = {
  readonly container: string
  readonly previous: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: Date
  readonly limitBytes?: number
  readonly timestamps: boolean
}

type ContainerStatus = { name: string; state?: SimObject[string]; lastState?: SimObject[string] }

/** The text that a kubelet would give, or the API server's refusal to give one. */
export function readLog(pod: SimObject, logs: Logs, store: Store, request: LogRequest, now: Date): string {
  const { namespace = '', name } = pod.metadata
  const container = chooseContainer(pod, request.container)
  const key = `${namespace}/${name}/${container}`
  const status = statusOf(pod, container)
  const current = logs.get(key)
  const previous = logs.get(`${key}.previous`)
  // In back-off the last run's log is both "the" log and the previous one.
  const backedOff = status?.state?.waiting !== undefined
  const text = request.previous
    ? (previous ?? (backedOff ? current : undefined))
    : (current ?? (backedOff ? previous : undefined))
  if (text !== undefined) return cut(text, request, runTime(status, request.previous, now), now)

  if (pod.spec?.nodeName === undefined) return ''
  const node = store.get('/Node', '', pod.spec.nodeName)
  const ready = node?.status?.conditions?.find((one: { type?: string }) => one.type === 'Ready')
  if (ready?.status === 'Unknown') {
    const address = node?.status?.addresses?.find((one: { type?: string }) => one.type === 'InternalIP')?.address
    const url = `https://${address ?? pod.spec.nodeName}:10250/containerLogs/${key}`
    throw refuse(500, 'InternalError', `Get "${url}": dial tcp ${address ?? pod.spec.nodeName}:10250: i/o timeout`)
  }
  if (request.previous && status?.lastState?.terminated === undefined)
    throw refuse(400, 'BadRequest', `previous terminated container "${container}" in pod "${name}" not found`)
  const waiting = status?.state?.waiting?.reason
  if (waiting !== undefined && status?.lastState?.terminated === undefined)
    throw refuse(
      400,
      'BadRequest',
      `container "${container}" in pod "${name}" is waiting to start: ${reasons[waiting] ?? waiting}`,
    )
  return ''
}

/** The API server's own words (registry/core/pod/strategy.go and kubelet's errors, v1.33). */
const reasons: Readonly<Record<string, string>> = {
  ImagePullBackOff: 'trying and failing to pull image',
  ErrImagePull: "image can't be pulled",
}

type Named = { readonly name: string }
const namesIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.map((container: Named) => String(container.name)) : []

function chooseContainer(pod: SimObject, wanted: string): string {
  const main = namesIn(pod.spec?.containers)
  const init = namesIn(pod.spec?.initContainers)
  const { name } = pod.metadata
  if (wanted !== '') {
    if ([...main, ...init, ...namesIn(pod.spec?.ephemeralContainers)].includes(wanted)) return wanted
    throw refuse(400, 'BadRequest', `container ${wanted} is not valid for pod ${name}`)
  }
  const [first] = main
  if (first !== undefined && main.length === 1) return first
  const others = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`
  throw refuse(
    400,
    'BadRequest',
    `a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]${others}`,
  )
}

function statusOf(pod: SimObject, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(
    (one: Named) => one.name === container,
  )
}

/** When lines that carry no time of their own were written, as far as the status tells. */
function runTime(status: ContainerStatus | undefined, previous: boolean, now: Date): Date {
  const last = status?.lastState?.terminated?.finishedAt
  const current = status?.state?.terminated?.finishedAt ?? (status?.state?.waiting === undefined ? undefined : last)
  const at = previous ? last : current
  return at === undefined || at === null ? now : new Date(at)
}

const lineTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/

function cut(text: string, request: LogRequest, written: Date, now: Date): string {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const stamps = lines.map((line) => lineTime.exec(line)?.[0])
  // A line without a time belongs to the line before it (a stack trace); the first ones to the first time there is.
  let at = new Date(stamps.find((stamp) => stamp !== undefined) ?? written)
  const dated = lines.map((line, index) => {
    const stamp = stamps[index]
    if (stamp !== undefined) at = new Date(stamp)
    return { line, at }
  })
  const from =
    request.sinceTime ??
    (request.sinceSeconds === undefined ? undefined : new Date(now.getTime() - request.sinceSeconds * 1000))
  const recent = from === undefined ? dated : dated.filter((one) => one.at >= from)
  const tail = request.tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - request.tailLines))
  const whole = tail
    .map((one) => `${request.timestamps ? `${one.at.toISOString().replace('Z', '000000Z')} ` : ''}${one.line}\n`)
    .join('')
  return request.limitBytes === undefined ? whole : Buffer.from(whole).subarray(0, request.limitBytes).toString()
}
