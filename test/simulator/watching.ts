import { toVersion } from './convert.ts'
import { apiVersion, matcherOf, type Target } from './listing.ts'
import { expired, refuse, statusBody } from './status.ts'
import type { Change, Store } from './store.ts'

export type Watch = {
  /** Ends it as the server does: a last bookmark, then the end of the stream. */
  readonly end: () => void
  /** Ends it with an ERROR event that says the version has expired. */
  readonly expire: () => void
  readonly closed: boolean
}

export type WatchOutput = { readonly write: (line: string) => void; readonly end: () => void }

/** Without `timeoutSeconds` an API server picks 30 to 60 minutes. */
const DEFAULT_SECONDS = 1_800

export function startWatch(
  store: Store,
  target: Target,
  query: URLSearchParams,
  output: WatchOutput,
  bookmarkMilliseconds: number,
): Watch {
  const matches = matcherOf(target, query)
  const { kind, stored } = target.resource
  const asked = query.get('resourceVersion') ?? ''
  const bookmarks = query.get('allowWatchBookmarks') === 'true'
  const initial = query.get('sendInitialEvents') === 'true'
  if (!/^\d*$/.test(asked)) throw refuse(400, 'BadRequest', `Invalid value: "${asked}": resourceVersion`)
  if (Number(asked) > store.version())
    throw refuse(504, 'Timeout', `Too large resource version: ${asked}, current: ${store.version()}`)

  let closed = false
  const send = (type: string, object: object) => {
    if (!closed) output.write(`${JSON.stringify({ type, object })}\n`)
  }
  const bookmark = (annotations?: Record<string, string>) =>
    send('BOOKMARK', {
      kind,
      apiVersion: apiVersion(target),
      metadata: {
        resourceVersion: String(store.version()),
        creationTimestamp: null,
        ...(annotations === undefined ? {} : { annotations }),
      },
    })
  const tell = ({ stored: where, before, after, version }: Change) => {
    if (where !== stored) return
    // A selector makes its own comings and goings: an object that begins to match is ADDED, one that ceases, DELETED.
    const was = before !== undefined && matches(before)
    const is = after !== undefined && matches(after)
    if (is) send(was ? 'MODIFIED' : 'ADDED', toVersion(after, apiVersion(target)))
    else if (was) {
      const gone = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } }
      send('DELETED', toVersion(after ?? gone, apiVersion(target)))
    }
  }
  const stop = () => {
    if (closed) return
    closed = true
    forget()
    clearTimeout(timer)
    clearInterval(ticking)
    output.end()
  }
  const expire = () => {
    send('ERROR', statusBody(expired(`too old resource version: ${asked} (${store.version()})`)))
    stop()
  }

  let forget: () => void = () => undefined
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || DEFAULT_SECONDS
  const end = () => {
    if (bookmarks) bookmark()
    stop()
  }
  const timer = setTimeout(end, seconds * 1000)
  const ticking = bookmarks ? setInterval(() => bookmark(), bookmarkMilliseconds) : undefined

  const missed = asked === '' || asked === '0' || initial ? 'everything' : store.since(Number(asked))
  if (missed === undefined) expire()
  else {
    if (missed === 'everything')
      for (const object of store.list(stored).filter(matches)) send('ADDED', toVersion(object, apiVersion(target)))
    else for (const change of missed) tell(change)
    if (initial && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' })
    forget = store.listen(tell)
  }
  return {
    end,
    expire,
    get closed() {
      return closed
    },
  }
}
