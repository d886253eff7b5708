import type { DetectedFault, Snapshot } from '../faults/detect.ts'
import type { KubeObject } from '../faults/kube-object.ts'
import { errorText } from '../runtime/errors.ts'
import { readList, readOne } from './read-list.ts'
import { Refused, type Session, type ToolAnswer, type ToolInfo } from './session.ts'
import { isSuspicious } from './suspicious.ts'
import type { TableRow } from './table-text.ts'
import { WireError } from './wire/wire-error.ts'

type Kind = { readonly apiVersion: string; readonly kind: string }

/** Of our own server's pages of at most a megabyte: more than 5,000 pods. */
const MAX_PAGES = 100
const PAGE = { limit: 500, maxBytes: 1_000_000 }
/** Objects read one by one where lists only name them: 10 a second at most, within one beat. */
const MAX_GETS = 200
/** A list that fails may be one bad list; after two in a row it is asked whether the server is there at all. */
const DOUBTS = 2
/** And after so many it is left for this time, whatever it says to a ping. */
const MOST_FAILURES = 4
/** A server that does one thing at a time says so, and is asked again so often after so long. */
const BUSY = { tries: 3, waitMs: 1_000, mostMs: 10_000 }
/** Where one list of all cannot be had, namespace by namespace; a cluster with more is told of as it is. */
const MAX_NAMESPACES = 200

export type ResyncDeps = {
  readonly session: Pick<Session, 'call'>
  readonly tools: readonly ToolInfo[]
  readonly kinds: readonly Kind[]
  readonly detect: (snapshot: Snapshot, now: Date) => readonly DetectedFault[]
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
  /** Rejects when the server is gone. */
  readonly alive: () => Promise<void>
  /** How many objects the look before saw. */
  readonly seenBefore: number
  /** As it goes into fault ids. */
  readonly cluster: string
}
export type Resync = {
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
  /** Why nothing that the server says of its cluster can be believed; '' when it can. */
  readonly refused: string
}
/** The server answered, and what it said is of no use. */
class NoUse extends Error {}

/** Lists the cluster through its server's own tools, whatever form they answer in, and runs the detectors over it. */
export async function resyncCluster(deps: ResyncDeps): Promise<Resync> {
  const { tools, kinds } = deps
  const session = patient(deps)
  const at = deps.now()
  const list = tools.find(({ name }) => name === 'resources_list')
  if (list === undefined) {
    const gap = 'the server has no tool resources_list, so the cluster cannot be looked at'
    return { faults: [], complete: false, at, objects: 0, gaps: [gap], broken: gap, refused: '' }
  }
  const objects: KubeObject[] = []
  const whole: string[] = []
  const gaps: string[] = []
  const named: { kind: Kind; row: TableRow }[] = []
  const namespaces = new Set<string>()
  let read = 0
  let paged = false
  let broken: string | undefined
  let refused = ''
  let inARow = 0
  async function failed(what: string, error: unknown): Promise<void> {
    const text = errorText(error)
    gaps.push(`${what}: ${text}`)
    if (isNoCredential(text)) refused ||= text
    // The server answered: that is no doubt of the server.
    inARow = error instanceof NoUse || error instanceof Refused ? 0 : inARow + 1
    if (inARow >= MOST_FAILURES) broken = text
    else if (inARow >= DOUBTS)
      await deps.alive().catch((cause: unknown) => {
        broken = errorText(cause)
      })
  }
  const take = (kind: Kind, found: { readonly objects: readonly KubeObject[]; readonly rows: readonly TableRow[] }) => {
    objects.push(...found.objects)
    named.push(...found.rows.map((row) => ({ kind, row })))
    if (kind.kind !== 'Pod') return
    for (const { metadata } of found.objects) namespaces.add(metadata.namespace ?? '')
    for (const row of found.rows) namespaces.add(row.NAMESPACE ?? '')
  }

  for (const kind of kinds) {
    if (broken !== undefined) break
    try {
      const found = await listWhole(session, list, kind)
      inARow = 0
      if (found === 'no such kind') continue
      read += 1
      paged ||= found.paged
      take(kind, found)
      if (found.rows.length === 0) whole.push(kind.kind)
    } catch (error) {
      await failed(kind.kind, error)
    }
  }

  const requested = named.filter(({ kind, row }) => isSuspicious(kind.kind, row))
  if (requested.length > MAX_GETS) gaps.push(`${requested.length} objects look ill, ${MAX_GETS} of them were read`)
  for (const { kind, row } of requested.slice(0, MAX_GETS)) {
    if (broken !== undefined) break
    try {
      const object = await getOne(session, kind, row)
      inARow = 0
      if (object !== undefined) objects.push(object)
    } catch (error) {
      await failed(`${kind.kind} ${row.NAME ?? ''}`, error)
    }
  }

  const seen = objects.length + named.length
  // Known servers list one namespace without a word when they may not list all. Ours says what it has looked at.
  if (broken === undefined && !paged && namespaces.size <= 1 && !(await isOnlyNamespace(session, list, namespaces)))
    gaps.push(`pods are listed of ${[...namespaces].join() || 'no'} namespace only, perhaps for want of rights`)
  if (read > 0) refused = ''
  if (broken === undefined && read > 0 && seen === 0 && deps.seenBefore > 0 && !(await hasNamespaces(session, list))) {
    refused = `every list is empty, namespaces too, where there were ${deps.seenBefore} objects: that is not believed`
    gaps.push(refused)
  }
  const faults = deps.detect({ cluster: deps.cluster, objects, completeKinds: whole }, deps.now())
  return { faults, complete: gaps.length === 0, at, objects: seen, gaps, broken, refused }
}

/** What Kubernetes says to a token that it does not take; `forbidden` is a right that is missing, and no more. */
const isNoCredential = (text: string): boolean =>
  /\bunauthorized\b|provide credentials|token (has|is) expired|invalid bearer token/i.test(text)

/** Asks again where the server says that it is busy. */
function patient({ session, sleep }: Pick<ResyncDeps, 'session' | 'sleep'>): Pick<Session, 'call'> {
  return {
    call: async (name, args): Promise<ToolAnswer> => {
      for (let tries = 0; ; tries++) {
        try {
          return await session.call(name, args)
        } catch (error) {
          const wait = busyMs(error)
          if (wait === 0 || tries >= BUSY.tries) throw error
          await sleep(wait)
        }
      }
    },
  }
}

function busyMs(error: unknown): number {
  if (error instanceof WireError && (error.status === 429 || error.status === 503))
    return Math.min(BUSY.mostMs, Math.max(BUSY.waitMs, error.retryAfterMs))
  const busy =
    error instanceof Refused && /busy|queue is full|too many requests|rate limit|try again|retry/i.test(error.message)
  return busy ? BUSY.waitMs : 0
}

/** In one list, or where that breaks off and the tool can, namespace by namespace. */
async function listWhole(session: Pick<Session, 'call'>, tool: ToolInfo, kind: Kind) {
  try {
    return await listAll(session, tool, kind)
  } catch (error) {
    const isCut = error instanceof WireError && error.status === 0 && !error.late
    if (!isCut || kind.kind === 'Namespace' || !tool.arguments.includes('namespace')) throw error
    const names = await namespacesOf(session, tool).catch(() => [])
    if (names.length === 0 || names.length > MAX_NAMESPACES) throw error
    const objects: KubeObject[] = []
    const rows: TableRow[] = []
    for (const namespace of names) {
      const found = await listAll(session, tool, kind, { namespace })
      if (found === 'no such kind') throw error
      objects.push(...found.objects)
      rows.push(...found.rows)
    }
    return { objects, rows, paged: false }
  }
}

async function listAll(
  session: Pick<Session, 'call'>,
  tool: ToolInfo,
  kind: Kind,
  where: { readonly namespace?: string } = {},
) {
  const paged = tool.arguments.includes('continue')
  // Our own server shows rows unless it is asked for the objects.
  const whole = tool.arguments.includes('detail') ? { detail: 'whole' } : {}
  const objects: KubeObject[] = []
  const rows: TableRow[] = []
  let next: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const more = next === undefined ? {} : { continue: next }
    const answer = await session.call('resources_list', {
      ...kind,
      ...where,
      ...(paged ? PAGE : {}),
      ...whole,
      ...more,
    })
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

async function namespacesOf(session: Pick<Session, 'call'>, tool: ToolInfo): Promise<readonly string[]> {
  const found = await listAll(session, tool, { apiVersion: 'v1', kind: 'Namespace' })
  if (found === 'no such kind') throw new NoUse('namespaces cannot be listed')
  return [...found.objects.map(({ metadata }) => metadata.name), ...found.rows.map((row) => row.NAME ?? '')]
}

const isOnlyNamespace = async (session: Pick<Session, 'call'>, tool: ToolInfo, seen: ReadonlySet<string>) =>
  (await namespacesOf(session, tool).catch(() => undefined))?.every((name) => seen.has(name)) === true

/** No cluster is without; where they cannot be listed, nothing is known. */
const hasNamespaces = async (session: Pick<Session, 'call'>, tool: ToolInfo) =>
  (await namespacesOf(session, tool).catch(() => undefined))?.length !== 0
