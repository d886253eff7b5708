import { createHash } from 'node:crypto'
import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import { readableLine } from '../../shared/cluster/messages/readable-line.ts'
import type { KubeObject } from '../../shared/faults/kube-object.ts'
import {
  type ClusterApi,
  ClusterApiError,
  type Kind,
  type KindInfo,
  type ListQuery,
  type LogQuery,
} from '../../shared/kubernetes/cluster-api.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { kindKey } from '../diagnose/snapshot/custom-kinds.ts'
import type { Gap, Seen, SeenEvent, SeenList, SeenLog } from '../diagnose/snapshot/snapshot.ts'
import { eventOf, lineOf, renderEvents } from './event-lines.ts'
import { clean, MAX_OUTPUT, renderKeys, renderList, slim, yamlOf } from './render.ts'

/** The one door through which a cluster's content leaves the broker. */
export type Redactor = {
  readonly object: (object: KubeObject) => KubeObject
  readonly text: (text: string) => string
}
export type JournalDeps = {
  readonly api: ClusterApi
  readonly redactor: Redactor
  readonly clock: Clock
  readonly cluster: string
  /** Calls to the cluster that may be made. */
  readonly budget: number
  readonly signal: AbortSignal
  /** Names that the incident is about: what belongs to them is shown first and in full. */
  readonly focus: () => readonly string[]
}

/** A failed call is no exception here: it is an entry with its status, and a gap. */
export type Journal = {
  readonly list: (kind: Kind, query: Omit<ListQuery, 'limit'> & { readonly name?: string }) => Promise<void>
  readonly get: (kind: Kind, name: string, namespace: string) => Promise<void>
  readonly log: (
    query: Pick<LogQuery, 'namespace' | 'pod'> & { readonly container: string; readonly previous: boolean },
  ) => Promise<void>
  /** Which kinds the cluster serves. */
  readonly kinds: () => Promise<void>
  readonly served: () => readonly KindInfo[]
  /** Writes down what somebody was shown of the cluster by another way than ours; answers with its id. */
  readonly note: (
    read: Pick<EvidenceEntry, 'tool' | 'arguments' | 'status' | 'truncated' | 'output'> & {
      readonly started: Date
      readonly whole: string
    },
  ) => string
  readonly entries: () => readonly EvidenceEntry[]
  readonly calls: () => number
  /** Calls that were wanted and not made. */
  readonly refused: () => number
  readonly objects: () => readonly Seen[]
  readonly events: () => readonly SeenEvent[]
  readonly logs: () => readonly SeenLog[]
  readonly lists: () => readonly SeenList[]
  readonly gaps: () => readonly Gap[]
}

/** One page is enough for a namespace; what lies beyond is said to be missing. 500 is also the API's own chunk. */
const PAGE = 500
/** The end of a log holds the reason of an exit; older lines rarely do. */
const TAIL_LINES = 200

export function openJournal(deps: JournalDeps): Journal {
  const entries: EvidenceEntry[] = []
  const objects = new Map<string, Seen>()
  const events = new Map<string, SeenEvent>()
  const logs: SeenLog[] = []
  const lists: SeenList[] = []
  let served: readonly KindInfo[] = []
  const gaps = new Map<string, Gap>()
  let calls = 0
  let written = 0
  let refused = 0

  /** Makes one call and writes it down, whatever becomes of it. */
  async function call<T>(
    tool: string,
    what: string,
    kind: string,
    given: Readonly<Record<string, unknown>>,
    ask: () => Promise<T>,
    show: (
      answer: T,
      id: string,
    ) => { readonly status: number; readonly output: string; readonly whole: string; readonly truncated: boolean },
  ): Promise<void> {
    if (calls >= deps.budget || deps.signal.aborted) {
      refused++
      const why = deps.signal.aborted
        ? 'the time for this investigation was over'
        : `the budget of ${deps.budget} calls was spent`
      gap(what, kind, `It was not read: ${why}.`, 'A second look with more time or a larger budget.')
      return
    }
    calls++
    const id = `e${++written}`
    const started = deps.clock.now()
    const write = (status: number, whole: string, output: string, truncated: boolean) =>
      enter(id, { tool, arguments: given, status, truncated, output, started, whole })
    try {
      const shown = show(await ask(), id)
      write(shown.status, shown.whole, shown.output, shown.truncated)
    } catch (error) {
      const status = error instanceof ClusterApiError ? error.status : 0
      const message = clean(deps.redactor.text(errorText(error)))
      write(status, message, message, false)
      // Nothing is missing where there is nothing: a kind that is not served, a container that never ran.
      if (status !== 404 && !(status === 400 && tool === 'log')) gap(what, kind, message, remedyOf(status, what))
    }
  }
  function enter(id: string, { started, whole, ...read }: Parameters<Journal['note']>[0]): void {
    entries.push({
      id,
      at: started.toISOString(),
      cluster: deps.cluster,
      ...read,
      arguments: { ...read.arguments },
      milliseconds: Math.max(0, deps.clock.now().getTime() - started.getTime()),
      sha256: createHash('sha256').update(whole).digest('hex'),
      bytes: Buffer.byteLength(whole),
    })
  }
  const gap = (what: string, kind: string, why: string, wouldSettle: string) => {
    gaps.set(what, { what: cut(what), kind, why: cut(why), wouldSettle: cut(wouldSettle) })
  }
  const interest = (object: KubeObject): number => {
    const { name } = object.metadata
    const near = deps.focus().some((focus) => name === focus || name.startsWith(`${focus}-`))
    return (near ? 2 : 0) + (isUnhealthy(object) ? 1 : 0)
  }
  function keep(id: string, object: KubeObject, raw: KubeObject, text: string): void {
    const key = `${kindKey(object)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`
    // A later look never replaces one that shows more.
    if (text === '' && objects.has(key)) return
    const { name, namespace = '' } = object.metadata
    objects.set(key, {
      id,
      text,
      kind: object.kind,
      apiVersion: object.apiVersion,
      namespace,
      name,
      object,
      raw,
      data: undefined,
    })
  }

  return {
    async list(kind, { name, ...query }) {
      const fieldSelector = name === undefined ? query.fieldSelector : `metadata.name=${name}`
      const asked = { ...query, limit: PAGE, ...(fieldSelector === undefined ? {} : { fieldSelector }) }
      const where = query.namespace === undefined ? 'in the cluster' : `in namespace ${query.namespace}`
      const narrowed = [query.labelSelector, fieldSelector].filter((one) => one !== undefined).join(', ')
      const title = `${kind.kind} ${where}${narrowed === '' ? '' : ` with ${narrowed}`}`
      const given = { kind: kind.kind, apiVersion: kind.apiVersion, ...asked }
      await call(
        'list',
        title,
        kind.kind,
        given,
        () => deps.api.list(kind, asked, deps.signal),
        (page, id) => {
          const more = page.continueToken === undefined ? '' : ', and more beyond this page'
          const header = `# ${title}: ${page.items.length} found${more}`
          const complete = page.continueToken === undefined
          if (!complete)
            gap(
              `${title} beyond the first ${PAGE}`,
              kind.kind,
              'There are more than one page holds.',
              'A look by name.',
            )
          const isWhole = narrowed === '' || name !== undefined
          lists.push({
            id,
            text: header,
            ...kind,
            namespace: query.namespace ?? '',
            complete: complete && isWhole,
            ...(name === undefined ? {} : { name }),
          })
          if (kind.kind === 'Event') return showEvents(header, page.items, id)
          const redacted = new Map(page.items.map((item) => [deps.redactor.object(slim(item)), item]))
          const shown = (kind.kind === 'ConfigMap' ? renderKeys : renderList)(header, [...redacted.keys()], interest)
          for (const [safe, raw] of redacted) keep(id, safe, raw, shown.texts.get(safe) ?? '')
          return { status: 200, output: shown.output, whole: shown.whole, truncated: shown.output !== shown.whole }
        },
      )
    },
    async get(kind, name, namespace) {
      const where = namespace === '' ? '' : `${namespace}/`
      const title = `${kind.kind} ${where}${name}`
      const given = { kind: kind.kind, apiVersion: kind.apiVersion, name, ...(namespace === '' ? {} : { namespace }) }
      await call(
        'get',
        title,
        kind.kind,
        given,
        () => deps.api.get(kind, name, namespace === '' ? undefined : namespace, deps.signal),
        (object, id) => {
          if (object === undefined) {
            const output = `# ${title}: not found`
            lists.push({ id, text: output, ...kind, namespace, complete: true, name })
            return { status: 404, output, whole: output, truncated: false }
          }
          const safe = deps.redactor.object(slim(object))
          const whole = yamlOf(safe)
          const output = whole.slice(0, MAX_OUTPUT)
          keep(id, safe, object, output)
          return { status: 200, output, whole, truncated: output !== whole }
        },
      )
    },
    async log(query) {
      const title = `${query.previous ? 'Previous log' : 'Log'} of ${query.namespace}/${query.pod} container ${query.container}`
      const asked = { ...query, tailLines: TAIL_LINES, limitBytes: MAX_OUTPUT }
      await call(
        'log',
        title,
        'Log',
        { kind: 'Pod', ...asked },
        () => deps.api.log(asked, deps.signal),
        (answer, id) => {
          const whole = clean(deps.redactor.text(answer.text))
          const output = whole.slice(-MAX_OUTPUT)
          const lines = output.split('\n').flatMap((line) => (line.trim() === '' ? [] : [readableLine(line)]))
          logs.push({
            id,
            text: output,
            namespace: query.namespace,
            pod: query.pod,
            container: query.container,
            previous: query.previous,
            lines,
          })
          return { status: 200, output, whole, truncated: answer.truncated || output !== whole }
        },
      )
    },
    async kinds() {
      const title = 'Kinds that the cluster serves'
      await call(
        'kinds',
        title,
        'APIResourceList',
        {},
        () => deps.api.kinds(deps.signal),
        (kinds) => {
          served = kinds
          const whole = [`# ${title}: ${kinds.length}`, ...kinds.map((one) => `${one.apiVersion} ${one.kind}`)].join(
            '\n',
          )
          const output = whole.slice(0, MAX_OUTPUT)
          return { status: 200, output, whole, truncated: output !== whole }
        },
      )
    },
    served: () => served,
    note(read) {
      const id = `e${++written}`
      enter(id, read)
      return id
    },
    entries: () => entries.toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))),
    calls: () => calls,
    refused: () => refused,
    objects: () => [...objects.values()],
    events: () => [...events.values()].toSorted((a, b) => a.at.localeCompare(b.at)),
    logs: () => logs,
    lists: () => lists,
    gaps: () => [...gaps.values()],
  }

  function showEvents(header: string, items: readonly KubeObject[], id: string) {
    const read = items.flatMap((item) => {
      const event = eventOf(item)
      return event === undefined ? [] : [{ ...event, message: deps.redactor.text(event.message) }]
    })
    const near = (name: string) => deps.focus().some((focus) => name.startsWith(focus))
    const shown = renderEvents(header, read, (event) => near(event.name))
    const lines = new Map(shown.output.split('\n').map((line) => [line, line]))
    for (const event of shown.kept) {
      const text = lines.get(lineOf(event)) ?? ''
      events.set(`${event.kind} ${event.namespace}/${event.name} ${event.reason} ${event.message} ${event.fieldPath}`, {
        ...event,
        id,
        text,
      })
    }
    return { status: 200, output: shown.output, whole: shown.whole, truncated: shown.output !== shown.whole }
  }
}

function remedyOf(status: number, what: string): string {
  if (status === 403) return `The right to read it (${what}) for the triage credential.`
  if (status === 401) return 'A valid credential in the kubeconfig.'
  return 'A second look when the cluster answers.'
}

/** Without knowing the kinds: what its own conditions, phase or containers call wrong. */
function isUnhealthy(object: KubeObject): boolean {
  const status = JSON.stringify(object.status ?? {})
  return (
    /"ready":false|"phase":"(Pending|Failed|Unknown|Lost)"|"exitCode":[1-9]|"waiting"/.test(status) ||
    /"status":"(False|Unknown)"[^}]*"type":"(Ready|Available|Progressing)"/.test(status) ||
    /"type":"(Ready|Available|Progressing)"[^}]*"status":"(False|Unknown)"/.test(status)
  )
}
const cut = (text: string): string => (text.length <= 600 ? text : `${text.slice(0, 599)}…`)
