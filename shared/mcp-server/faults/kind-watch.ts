import type { KubeObject } from '../../faults/kube-object.ts'
import { type ClusterApi, ClusterApiError, type Kind, type WatchEvent } from '../../kubernetes/cluster-api.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorText } from '../../runtime/errors.ts'

/**
 * `watching`: all objects are known and changes come. `denied` and `absent`: this cluster does not show the kind.
 * `failing`: it does not answer; what was known stays.
 */
export type KindState =
  | { readonly state: 'starting' }
  /** `cut`: there are more objects than were looked at. */
  | { readonly state: 'watching'; readonly cut?: string }
  | { readonly state: 'denied' | 'absent'; readonly reason: string }
  | { readonly state: 'failing'; readonly reason: string; readonly failures: number }

export type KindWatchOptions = {
  readonly api: Pick<ClusterApi, 'list' | 'watch'>
  readonly kind: Kind
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
  /** All objects there are; everything known before is replaced. */
  readonly onList: (objects: readonly KubeObject[]) => void
  readonly onChange: (event: WatchEvent) => void
  readonly onState: (state: KindState) => void
  /** First wait after a failure; it doubles up to thirty times this. */
  readonly retryMs: number
}

/** What an API server sends in one page without strain; client-go's own page size. */
const PAGE = 500
/** 20,000 objects of one kind: clusters beyond that have 5,000 nodes. More are not looked at, and it is said so. */
const MAX_PAGES = 40
/** Rights and kinds seldom change; so often it is tried again. */
const DENIED_WAIT = 60
const MAX_WAIT = 30
/** After so many failures in a row the version may be the trouble (a restored etcd): list anew. */
const RELIST_AFTER = 5

/** Lists one kind and then follows its changes, until the signal aborts. Never throws. */
export async function watchKind(options: KindWatchOptions): Promise<void> {
  const { api, kind, clock, signal, onState, retryMs } = options
  let version: string | undefined
  let cut: string | undefined
  let failures = 0
  const pause = (times: number) => clock.sleep(retryMs * times * (0.9 + 0.2 * options.random()), signal)

  while (!signal.aborted) {
    const began = clock.now().getTime()
    try {
      if (version === undefined) {
        const listed = await listAll(options)
        version = listed.version
        cut = listed.cut
      }
      if (signal.aborted) return
      onState(cut === undefined ? { state: 'watching' } : { state: 'watching', cut })
      await api.watch(
        kind,
        { resourceVersion: version },
        (event) => {
          failures = 0
          version = event.object.metadata.resourceVersion ?? version
          if (event.type !== 'BOOKMARK' && !signal.aborted) options.onChange(event)
        },
        signal,
      )
      // A server that ends every watch at once must not be asked in a tight loop.
      if (clock.now().getTime() - began < retryMs) await pause(1)
    } catch (error) {
      if (signal.aborted) return
      const reason = error instanceof ClusterApiError ? error.message : errorText(error)
      const status = error instanceof ClusterApiError ? error.status : 0
      if (status === 410) {
        version = undefined
        if (clock.now().getTime() - began < retryMs) await pause(1)
      } else if (status === 401 || status === 403 || status === 404) {
        onState({ state: status === 404 ? 'absent' : 'denied', reason })
        version = undefined
        await pause(DENIED_WAIT)
      } else {
        failures += 1
        onState({ state: 'failing', reason, failures })
        if (failures % RELIST_AFTER === 0) version = undefined
        await pause(Math.min(2 ** Math.min(failures - 1, 10), MAX_WAIT))
      }
    }
  }
}

async function listAll({
  api,
  kind,
  signal,
  onList,
}: KindWatchOptions): Promise<{ version: string; cut: string | undefined }> {
  const objects: KubeObject[] = []
  let page = await api.list(kind, { limit: PAGE }, signal)
  objects.push(...page.items)
  // The first page's version: from there on the watch tells everything, whatever the later pages have seen already.
  const version = page.resourceVersion
  for (let pages = 1; page.continueToken !== undefined && pages < MAX_PAGES; pages += 1) {
    page = await api.list(kind, { limit: PAGE, continueToken: page.continueToken }, signal)
    objects.push(...page.items)
  }
  if (!signal.aborted) onList(objects)
  const cut =
    page.continueToken === undefined ? undefined : `only the first ${objects.length} are looked at: there are more`
  return { version, cut }
}
