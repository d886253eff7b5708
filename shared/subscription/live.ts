import { reconcile } from './reconcile.ts'
import { resyncs } from './resyncs.ts'
import { signsOfLife } from './signs-of-life.ts'
import { isSubscribed, unsubscribe } from './subscribe.ts'
import { toolFamily } from './tool-family.ts'
import type { WatchDeps, WatchTask } from './watch-deps.ts'
import { climb, type Link, stepOf, toolOf } from './watch-ladder.ts'
import type { WatchMemory } from './watch-memory.ts'
import { WireError } from './wire/wire-error.ts'

/** Lists of tools are asked for again so seldom, whatever the server tells of changes; more seldom where nothing has changed. */
const TOOLS_MS = 10_000
const TOOLS_MOST_MS = 60_000

/** Keeps one session at work as far up the ladder as it goes; throws when it is over. */
export async function live(deps: WatchDeps, task: WatchTask, memory: WatchMemory, link: Link): Promise<void> {
  const { clock, times } = deps
  const { cluster, report, signal } = task
  const { hearing, stream, subscription, news } = link
  const now = () => clock.now().getTime()
  const life = signsOfLife(link.session, deps, { streamSign: stream.lastSign, onDoubt: () => news.wake() })
  const { session, alive } = life
  let gaps = ''
  let refusedSince = task.before().refusedSince
  let refusal = refusedSince === '' ? '' : 'the server’s own access to Kubernetes was refused the last time'
  const wasUnproved = task.before().source === 'unconfirmed'
  let lastNote = ''
  let firstResync = true
  let toolsAt = 0
  let toolsMs = TOOLS_MS
  let listedAt = now()

  const resync = resyncs(
    {
      now,
      reconcileMs: times.reconcileMs,
      closeMs: times.closeMs,
      resync: (again) => {
        const { seenFaults, seen } = memory
        return reconcile(deps, task, { session, tools: link.tools, hearing, seenFaults, seen, again, alive })
      },
      onResync: ({ broken, gaps: found, whole, refused, unheard }) => {
        if (broken !== undefined) news.broken = broken
        gaps = broken === undefined ? found : `it cannot be looked at: ${broken.slice(0, 200)}`
        if (gaps !== '') report.trouble()
        if (refused !== '') refuse(refused)
        else if (refusal !== '' && broken === undefined) accept()
        if (unheard > 0 && !firstResync && currentStep().step === 'subscribed')
          stream.doubt('a look found a fault that the stream did not bring')
        firstResync = false
        hearing.settlePast(new Set(whole && refused === '' ? deps.kinds.map(({ kind }) => kind) : []))
        news.wake()
      },
    },
    memory,
  )
  const currentStep = () => stepOf(deps, link, { gaps, wasUnproved })
  const isClose = () => currentStep().close || refusal !== '' || news.broken !== ''

  function refuse(text: string): void {
    refusal = /not believed/.test(text)
      ? text
      : `the server’s own access to Kubernetes is refused (${text}): renew the credential that the MCP server uses; mcp.api_key is not the cause`
    const { reconciledAt } = task.before()
    const since = Date.parse(refusedSince || reconciledAt) || now()
    refusedSince = new Date(since).toISOString()
    report.refused(since)
    report.status('failed', deps.door.clear(refusal), since)
  }
  /** What the server watched with the old credential is watched no more. */
  function accept(): void {
    refusal = ''
    refusedSince = ''
    report.refused(undefined)
    if (subscription.current() !== undefined) news.subscriptionError = 'its access to Kubernetes was renewed'
  }

  function settle(): void {
    memory.activeAt = now()
    if (refusal !== '') return
    report.status('active')
    const { step, note, delayMs } = currentStep()
    const text = `${step} ${note}`
    if (text === lastNote) return
    lastNote = text
    report.hears(step, note, delayMs)
  }

  memory.activeSince = now()
  settle()
  if (!signal.aborted) resync.start()
  if (times.patrolMs > 0) {
    await resync.idle()
    if (news.broken !== '') throw new Error(news.broken)
    if (refusal !== '') throw new Error(refusal)
    return settle()
  }

  let checkAt = now() + times.checkMs
  while (!signal.aborted) {
    const turn = new AbortController()
    news.wake = () => turn.abort()
    const toolsDue = toolsDueAt()
    const next = Math.min(
      life.dueAt(),
      checkAt,
      resync.dueAt(isClose()),
      stream.dueAt(),
      subscription.dueAt(),
      toolsDue,
    )
    if (news.streamEnd === undefined && news.subscriptionError === '' && news.broken === '')
      await clock.sleep(Math.max(0, Math.min(next - now(), times.checkMs)), turn.signal)
    if (signal.aborted) break
    await afterResync()
    await followStream()
    await followSubscription()
    if (now() >= toolsDueAt()) await relist()
    if (now() >= life.dueAt()) await checkLife()
    if (now() >= checkAt) {
      await checkSubscription()
      checkAt = now() + times.checkMs
    }
    settle()
    if (now() >= resync.dueAt(isClose())) resync.start()
  }
  news.wake = () => {}

  /** Who stays subscribed has lost the net below; who does not, is blind. */
  async function afterResync(): Promise<void> {
    const { broken } = news
    news.broken = ''
    if (broken !== '' && currentStep().step !== 'subscribed') throw new Error(broken)
  }

  async function followStream(): Promise<void> {
    const { streamEnd: ended } = news
    news.streamEnd = undefined
    if (stream.isDead(now())) {
      session.closeStream?.()
      stream.ended('nothing came on it any more, not even the server’s usual sign of life', 0, now())
    } else if (ended !== undefined) stream.ended(ended.why, ended.retryMs, now())
    if (stream.isUp() || now() < stream.dueAt()) return
    const wasDown = stream.isDown()
    if (wasDown) {
      report.status('connected')
      deps.log.info({ cluster: cluster.name }, `Stream of cluster ${cluster.name}: ${stream.lack()}: opening it again`)
    }
    await climb(deps, task, memory, link)
    // A session whose stream is refused after it was there is over, whatever it says to calls.
    if (wasDown && !stream.isUp()) {
      const more = { retryAfterMs: stream.askedMs() }
      throw new WireError(`the stream ended, and is not opened again: ${stream.lack()}`, 0, more)
    }
    if (!stream.isUp()) return
    // What was sent while there was no stream is lost.
    resync.request()
    checkAt = 0
  }

  /** Known servers end a subscription without a word when one delivery fails. */
  async function followSubscription(): Promise<void> {
    const why = news.subscriptionError
    news.subscriptionError = ''
    const before = subscription.current()
    if (why !== '' && before !== undefined) {
      deps.log.warn({ cluster: cluster.name }, `Cluster ${cluster.name}: ${why}; subscribing again`)
      report.status('subscribing')
      subscription.lost(why, now())
      if (before.id !== undefined && toolOf(link, 'events_unsubscribe') !== undefined)
        await unsubscribe(session, before.id).catch(() => {})
    }
    if (now() < subscription.dueAt()) return
    await climb(deps, task, memory, link)
    if (subscription.current() !== undefined) resync.request()
  }

  async function checkSubscription(): Promise<void> {
    const id = subscription.current()?.id
    if (id === undefined || toolOf(link, 'events_list_subscriptions') === undefined) return
    try {
      if ((await isSubscribed(session, id)) !== false) return
      news.subscriptionError ||= 'the server has dropped the subscription in silence'
      await followSubscription()
    } catch {
      // One bad answer is no lost session; the ping says whether there is one.
      life.doubt()
    }
  }

  async function checkLife(): Promise<void> {
    const excused = await life.check()
    if (excused === '') return
    deps.log.info(
      { cluster: cluster.name },
      `Cluster ${cluster.name}: a ping was not answered (${excused}), but it is alive`,
    )
  }

  /** When the server says that its tools have changed, and on a beat where it has none for faults: it has no way to say so. */
  function toolsDueAt(): number {
    if (news.toolsChanged) return toolsAt
    return toolOf(link, 'events_subscribe') === undefined
      ? Math.max(toolsAt, listedAt + times.climbMs)
      : Number.POSITIVE_INFINITY
  }

  /** Some say all the time that they have changed. */
  async function relist(): Promise<void> {
    news.toolsChanged = false
    listedAt = now()
    const before = link.tools.map(({ name }) => name).join()
    const family = toolFamily(await session.tools())
    link.tools = family.tools
    const changed = link.tools.map(({ name }) => name).join() !== before
    toolsMs = changed ? TOOLS_MS : Math.min(TOOLS_MOST_MS, 2 * toolsMs)
    toolsAt = now() + toolsMs
    if (!changed || subscription.current() !== undefined) return
    await climb(deps, task, memory, link)
    if (subscription.current() !== undefined) resync.request()
  }
}
