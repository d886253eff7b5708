import { type ClusterApi, ClusterApiError } from '../../kubernetes/cluster-api.ts'
import type { ClusterWriter } from '../../kubernetes/cluster-writer.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Opened } from './source.ts'

/** A credential is renewed this long before it runs out, or when a fifth of its life is left, if that is shorter. */
const EARLY_MS = 5 * 60_000
/** A credential that is refused so soon was not outdated: asking for another would only pile up tokens. */
const YOUNG_MS = 30_000
/** The same for one that stands in a file, which may be replaced at any moment. */
export const FILE_YOUNG_MS = 1_000
/** Longer than any call takes; watches that outlive it begin anew by themselves. */
const GRACE_MS = 15_000

type Held = { readonly cluster: Opened; readonly since: number; readonly early: number }

/**
 * One cluster whose credential may run out: opened with the first call, opened anew before the end, after a 401 and when
 * the CA that came with it no longer vouches for the server, once however many calls ask for it; a call that was refused is
 * asked once more.
 */
export function renewingCluster(
  server: string,
  open: () => Promise<Opened>,
  { clock, youngMs = YOUNG_MS }: { readonly clock: Clock; readonly youngMs?: number | undefined },
): Opened {
  const now = () => clock.now().getTime()
  const closing = new AbortController()
  let held: Held | undefined
  let opening: Promise<Held> | undefined
  let tried = 0
  const retiring = new Set<Promise<void>>()

  function openOnce(): Promise<Held> {
    opening ??= openNow().finally(() => {
      opening = undefined
    })
    return opening
  }
  async function openNow(): Promise<Held> {
    tried = now()
    const cluster = await open()
    if (closing.signal.aborted) await cluster.close()
    closing.signal.throwIfAborted()
    const since = now()
    const old = held
    held = { cluster, since, early: Math.min(EARLY_MS, (endOf(cluster) - since) / 5) }
    if (old !== undefined) later(clock, closing.signal, old.cluster.close, retiring)
    return held
  }
  async function current(): Promise<Held> {
    const known = held
    if (known === undefined) return openOnce()
    const ending = endOf(known.cluster) - now() < known.early
    // What is held may still be good for a while, so a renewal that fails is not this call's failure.
    return ending && now() - tried >= youngMs ? openOnce().catch(() => known) : known
  }
  async function afterRefusal(refused: Held): Promise<Held | undefined> {
    if (held !== refused) return held
    if (opening === undefined && now() - tried < youngMs) return undefined
    return openOnce().catch(() => undefined)
  }
  async function call<T>(ask: (cluster: Opened) => Promise<T>): Promise<T> {
    const first = await current()
    try {
      return await ask(first.cluster)
    } catch (error) {
      if (!isOutdated(error)) throw error
      const next = await afterRefusal(first)
      if (next === undefined) throw error
      return ask(next.cluster)
    }
  }
  return {
    ...eachCall(server, call),
    write: eachWrite(call),
    get credential() {
      return held?.cluster.credential
    },
    close: async () => {
      closing.abort()
      await Promise.all([held?.cluster.close(), ...retiring])
    },
  }
}

/** Where a CA is rotated the certificate is new before the kubeconfig is; nothing was sent then. */
const isOutdated = (error: unknown): boolean =>
  error instanceof ClusterApiError && (error.status === 401 || error.reason === 'Tls')

/** Ends what is no longer used when calls on it have had their time, or when all ends. */
export function later(clock: Clock, end: AbortSignal, close: () => Promise<void>, retiring: Set<Promise<void>>): void {
  const done = clock
    .sleep(GRACE_MS, end)
    .then(close)
    .finally(() => retiring.delete(done))
  retiring.add(done)
}

/** A cluster all of whose calls go through one function. */
export const eachCall = (
  server: string,
  call: <T>(ask: (cluster: ClusterApi) => Promise<T>) => Promise<T>,
): Omit<ClusterApi, 'credential'> => ({
  server,
  list: (...given) => call((cluster) => cluster.list(...given)),
  get: (...given) => call((cluster) => cluster.get(...given)),
  log: (...given) => call((cluster) => cluster.log(...given)),
  watch: (...given) => call((cluster) => cluster.watch(...given)),
  kinds: (...given) => call((cluster) => cluster.kinds(...given)),
  serving: () => call(async (cluster) => cluster.serving?.()),
  unreadGroups: () => call(async (cluster) => (await cluster.unreadGroups?.()) ?? []),
  version: (...given) => call((cluster) => cluster.version(...given)),
  canI: (...given) => call((cluster) => cluster.canI(...given)),
  rules: (...given) => call((cluster) => cluster.rules(...given)),
})

/** The same for changes; a call that was refused (401) has changed nothing, so it may be made again. */
export const eachWrite = (call: <T>(ask: (cluster: Opened) => Promise<T>) => Promise<T>): ClusterWriter => {
  const writing = ({ write }: Opened): ClusterWriter => {
    if (write === undefined) throw new GiveUp('This server only reads.')
    return write
  }
  return {
    place: (...given) => call((cluster) => writing(cluster).place(...given)),
    // The rails stand around it.
    mayApply: () => {},
    apply: (...given) => call((cluster) => writing(cluster).apply(...given)),
    create: (...given) => call((cluster) => writing(cluster).create(...given)),
    remove: (...given) => call((cluster) => writing(cluster).remove(...given)),
    scale: (...given) => call((cluster) => writing(cluster).scale(...given)),
    exec: (...given) => call((cluster) => writing(cluster).exec(...given)),
  }
}

function endOf({ credential }: Opened): number {
  return credential?.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(credential.expires)
}
