import type { DetectedFault, Snapshot } from '../faults/detect.ts'
import type { KubeObject } from '../faults/kube-object.ts'
import { errorText } from '../runtime/errors.ts'
import { readList, readOne } from './read-list.ts'
import type { Session, ToolInfo } from './session.ts'
import { isSuspicious } from './suspicious.ts'
import type { TableRow } from './table-text.ts'

type Kind = { readonly apiVersion: string; readonly kind: string }

/** Of our own server's pages of at most a megabyte: more than 5,000 pods. */
const MAX_PAGES = 100
const PAGE = { limit: 500, maxBytes: 1_000_000 }
/** Objects read one by one where lists only name them: 10 a second at most, within one beat. */
const MAX_GETS = 200

export type LookDeps = {
  readonly session: Pick<Session, 'call'>
  readonly tools: readonly ToolInfo[]
  readonly kinds: readonly Kind[]
  readonly detect: (snapshot: Snapshot, now: Date) => readonly DetectedFault[]
  readonly now: () => Date
  /** As it goes into fault ids. */
  readonly cluster: string
}
export type Look = {
  readonly faults: readonly DetectedFault[]
  /** Nothing was left out, so that what is not found is not there. */
  readonly complete: boolean
  /** When it began. */
  readonly at: Date
  readonly objects: number
  /** What could not be seen, one line each. */
  readonly gaps: readonly string[]
  /** Why the look was broken off: the server stopped answering. */
  readonly broken: string | undefined
}
/** The server answered, and what it said is of no use. */
class NoUse extends Error {}

/** Lists the cluster through its server's own tools, whatever form they answer in, and runs the detectors over it. */
export async function lookAtCluster(deps: LookDeps): Promise<Look> {
  const { tools, kinds, session } = deps
  const at = deps.now()
  const list = tools.find(({ name }) => name === 'resources_list')
  if (list === undefined) {
    const gap = 'the server has no tool resources_list, so the cluster cannot be looked at'
    return { faults: [], complete: false, at, objects: 0, gaps: [gap], broken: gap }
  }
  const objects: KubeObject[] = []
  const whole: string[] = []
  const gaps: string[] = []
  const named: { kind: Kind; row: TableRow }[] = []
  const namespaces = new Set<string>()
  let paged = false
  let broken: string | undefined
  const failed = (what: string, error: unknown) => {
    gaps.push(`${what}: ${errorText(error)}`)
    if (!(error instanceof NoUse)) broken = errorText(error)
  }

  for (const kind of kinds) {
    if (broken !== undefined) break
    try {
      const found = await listAll(session, list, kind)
      if (found === 'no such kind') continue
      paged ||= found.paged
      objects.push(...found.objects)
      named.push(...found.rows.map((row) => ({ kind, row })))
      if (found.rows.length === 0) whole.push(kind.kind)
      if (kind.kind !== 'Pod') continue
      for (const { metadata } of found.objects) namespaces.add(metadata.namespace ?? '')
      for (const row of found.rows) namespaces.add(row.NAMESPACE ?? '')
    } catch (error) {
      failed(kind.kind, error)
    }
  }

  const wanted = named.filter(({ kind, row }) => isSuspicious(kind.kind, row))
  if (wanted.length > MAX_GETS) gaps.push(`${wanted.length} objects look ill, ${MAX_GETS} of them were read`)
  for (const { kind, row } of wanted.slice(0, MAX_GETS)) {
    if (broken !== undefined) break
    try {
      const object = await getOne(session, kind, row)
      if (object !== undefined) objects.push(object)
    } catch (error) {
      failed(`${kind.kind} ${row.NAME ?? ''}`, error)
    }
  }

  // Known servers list one namespace without a word when they may not list all. Ours says what it has looked at.
  if (broken === undefined && !paged && namespaces.size <= 1 && !(await isOnlyNamespace(session, list, namespaces)))
    gaps.push(`pods are listed of ${[...namespaces].join() || 'no'} namespace only, perhaps for want of rights`)
  const faults = deps.detect({ cluster: deps.cluster, objects, completeKinds: whole }, deps.now())
  return { faults, complete: gaps.length === 0, at, objects: objects.length + named.length, gaps, broken }
}

async function listAll(session: Pick<Session, 'call'>, tool: ToolInfo, kind: Kind) {
  const paged = tool.arguments.includes('continue')
  // Our own server shows rows unless it is asked for the objects.
  const whole = tool.arguments.includes('detail') ? { detail: 'whole' } : {}
  const objects: KubeObject[] = []
  const rows: TableRow[] = []
  let next: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const more = next === undefined ? {} : { continue: next }
    const answer = await session.call('resources_list', { ...kind, ...(paged ? PAGE : {}), ...whole, ...more })
    if (answer.isError) {
      // A kind that the cluster does not have, or that its credential may never list, has no faults to tell of.
      if (/no matches for kind|not found|could not find|serves no kind|does not (have|know)/i.test(answer.text))
        return 'no such kind'
      if (/forbidden|cannot list|may not/i.test(answer.text) && kind.kind !== 'Pod') return 'no such kind'
      throw new NoUse(answer.text.slice(0, 300))
    }
    const found = readable(() => readList(answer, kind))
    objects.push(...found.objects)
    rows.push(...found.rows)
    next = found.next
    if (next === undefined) return { objects, rows, paged }
  }
  throw new NoUse(`more than ${MAX_PAGES} pages`)
}

async function getOne(session: Pick<Session, 'call'>, kind: Kind, row: TableRow): Promise<KubeObject | undefined> {
  const namespace = row.NAMESPACE === undefined || row.NAMESPACE === '' ? {} : { namespace: row.NAMESPACE }
  const answer = await session.call('resources_get', { ...kind, name: row.NAME ?? '', ...namespace })
  // Gone since the list: that is no gap.
  if (answer.isError && /not found/i.test(answer.text)) return undefined
  if (answer.isError) throw new NoUse(answer.text.slice(0, 300))
  return readable(() => readOne(answer))
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new NoUse(errorText(cause), { cause })
  }
}

async function isOnlyNamespace(session: Pick<Session, 'call'>, tool: ToolInfo, seen: ReadonlySet<string>) {
  try {
    const found = await listAll(session, tool, { apiVersion: 'v1', kind: 'Namespace' })
    if (found === 'no such kind') return false
    const names = [...found.objects.map(({ metadata }) => metadata.name), ...found.rows.map((row) => row.NAME ?? '')]
    return names.every((name) => seen.has(name))
  } catch {
    return false
  }
}
