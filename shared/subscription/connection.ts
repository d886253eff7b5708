import { errorText } from '../runtime/errors.ts'
import { type Hearing, hearFaults } from './receive-faults.ts'
import { reconcile } from './reconcile.ts'
import type { ToldFaults } from './seen-faults.ts'
import type { Session, ToolInfo } from './session.ts'
import { isSubscribed, subscribe } from './subscribe.ts'
import type { WatchDeps, WatchTask } from './watch-deps.ts'

/** What outlives one connection, within one window. */
export type WatchMemory = {
  readonly told: ToldFaults
  claimed: boolean
  /** By our clock, in milliseconds. */
  lookedAt: number
  /** When to look and tell all again, since something is over that may have explained other things. */
  againAt: number | undefined
  /** When the connection was last known to work. */
  activeAt: number
}
/** Servers have fifty tools with many arguments, and a thousand connections would each keep the names of all. */
const USED = new Set(['events_subscribe', 'events_list_subscriptions', 'resources_list'])

/** `tool`: absent when there is nothing to subscribe to. */
type Begun = { readonly session: Session; readonly tools: readonly ToolInfo[]; readonly tool: ToolInfo | undefined }

/** By then the end of what is over is known to whoever admits faults. At most so often is a cluster looked at for it. */
const AGAIN_MS = 30_000

/** One connection to one cluster's server, until it fails (throws), or is to end (returns). */
export async function connection(deps: WatchDeps, task: WatchTask, memory: WatchMemory): Promise<void> {
  const { clock, times } = deps
  const { cluster, report, signal } = task
  const now = () => clock.now().getTime()
  const pending = { streamEnd: '', subscriptionError: '' }
  let kick = new AbortController()
  // Instead of AbortSignal.any, whose joined signals would cost every cluster a kilobyte and a half.
  const wake = () => kick.abort()

  const hearing = hearFaults({
    ...deps,
    ...task,
    told: memory.told,
    claimed: memory.claimed,
    onEnd: () => {
      memory.againAt ??= now() + AGAIN_MS
    },
    onSubscriptionError: (error) => {
      pending.subscriptionError = `the server gave the subscription up: ${error.slice(0, 200)}`
      wake()
    },
  })

  const begun = await deps.connecting(async () => {
    signal.throwIfAborted()
    report.status('connecting')
    const key = await deps.resolveApiKey(cluster)
    const session = await deps.open({
      endpoint: cluster.mcp.endpoint,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      callTimeoutMs: times.callMs,
      onNotice: hearing.onNotice,
      onGarbage: hearing.onGarbage,
      onStreamEnd: (why) => {
        pending.streamEnd = why
        wake()
      },
      signal,
    })
    try {
      report.status('connected')
      return await begin(session)
    } catch (error) {
      await session.close()
      throw error
    }
  })
  const { session, tools, tool } = begun
  try {
    memory.claimed ||= await task.claim()
    if (!memory.claimed || signal.aborted) return
    hearing.claim()
    memory.activeAt = now()
    report.status('active')
    await look()
    signal.addEventListener('abort', wake)
    if (times.patrolMs === 0) await live()
  } finally {
    signal.removeEventListener('abort', wake)
    await session.close()
  }

  async function begin(opened: Session): Promise<Begun> {
    // Without a level the known server drops every notice in silence; servers without levels refuse, and need none.
    await opened.setLevel().catch(() => {})
    const found = (await opened.tools()).filter(({ name }) => USED.has(name))
    const offered = found.find(({ name }) => name === 'events_subscribe')
    // Open before anything can be sent: a notice that finds no stream ends the subscription.
    if (offered === undefined || (await opened.openStream()) === 'none') {
      const why = offered === undefined ? 'the server emits no faults' : 'the server has no stream'
      hearing.know(undefined)
      report.hears('reconcile', `${why}: the cluster is looked at every ${times.reconcileMs / 1000} s`)
      return { session: opened, tools: found, tool: undefined }
    }
    report.status('subscribing')
    try {
      await subscribeWith(opened, offered)
    } catch (error) {
      // A server that cannot subscribe may still list.
      const due = memory.claimed && now() - memory.lookedAt >= times.reconcileMs
      if (due) await lookAt(opened, found).catch(() => {})
      throw error
    }
    return { session: opened, tools: found, tool: offered }
  }

  async function subscribeWith(opened: Session, offered: ToolInfo): Promise<void> {
    hearing.expect()
    try {
      const made = await subscribe(opened, offered, times.patrolMs > 0 ? task.unheardSince() : '')
      hearing.know(made)
      const hidden = made.hidden.length === 0 ? '' : `the server cannot see ${made.hidden.join(', ')}`
      report.hears('subscription', hidden)
    } catch (error) {
      throw new Error(subscribeProblem(errorText(error), times.callMs), { cause: error })
    }
  }

  async function lookAt(opened: Session, found: readonly ToolInfo[]) {
    memory.lookedAt = now()
    const again = now() >= (memory.againAt ?? Number.POSITIVE_INFINITY)
    if (again) memory.againAt = undefined
    const looked = await reconcile(deps, task, { session: opened, tools: found, hearing, told: memory.told, again })
    if (looked.ended) memory.againAt ??= now() + AGAIN_MS
    return looked
  }

  async function look(): Promise<void> {
    const { gaps, broken } = await lookAt(session, tools)
    // Who stays subscribed has lost the net below; who does not, is blind.
    if (broken !== undefined && (tool === undefined || times.patrolMs > 0)) throw new Error(broken)
    if (gaps === '') return
    report.trouble()
    report.hears(tool === undefined ? 'reconcile' : 'subscription', gaps)
  }

  /** Proves again and again that the watch is alive; throws when it is not. */
  async function live(): Promise<void> {
    let pingAt = now() + times.pingMs
    let checkAt = now() + times.checkMs
    while (!signal.aborted) {
      kick = new AbortController()
      if (pending.streamEnd === '' && pending.subscriptionError === '') {
        const next = Math.min(pingAt, checkAt, lookAgainAt())
        await clock.sleep(Math.max(0, next - now()), kick.signal)
      }
      if (signal.aborted) return
      const reopened = pending.streamEnd !== ''
      if (reopened) {
        await reopen()
        checkAt = 0
      }
      if (now() >= pingAt) {
        await session.ping()
        pingAt = now() + times.pingMs
      }
      if (pending.subscriptionError !== '' || now() >= checkAt) {
        await renew()
        checkAt = now() + times.checkMs
      }
      if (reopened) report.status('active')
      memory.activeAt = now()
      if (now() >= lookAgainAt()) await look()
    }
  }

  function lookAgainAt(): number {
    return Math.min(memory.lookedAt + times.reconcileMs, memory.againAt ?? Number.POSITIVE_INFINITY)
  }

  /** What was sent while there was no stream is lost, so a look is due at once. */
  async function reopen(): Promise<void> {
    const why = pending.streamEnd
    pending.streamEnd = ''
    // A stream that ends as soon as it is opened is a server's failure, and has the waits of one.
    if (now() - memory.activeAt < times.backoff.initialMs) throw new Error(`the stream ended at once (${why})`)
    report.status('connected')
    deps.log.info({ cluster: cluster.name }, `Stream of cluster ${cluster.name} ended (${why}): opening it again`)
    if ((await session.openStream()) === 'none') throw new Error(`the stream ended (${why}) and is no longer offered`)
    memory.lookedAt = 0
  }

  /** Known servers end a subscription without a word when one delivery fails. */
  async function renew(): Promise<void> {
    if (tool === undefined) return
    let why = pending.subscriptionError
    pending.subscriptionError = ''
    if (why === '' && (await isGone(hearing))) why = 'the server has dropped the subscription in silence'
    if (why === '') return
    deps.log.warn({ cluster: cluster.name }, `Cluster ${cluster.name}: ${why}; subscribing again`)
    report.status('subscribing')
    await subscribeWith(session, tool)
    report.status('active')
    memory.lookedAt = 0
  }

  async function isGone(heard: Hearing): Promise<boolean> {
    const id = heard.subscription()?.id
    if (id === undefined || !tools.some(({ name }) => name === 'events_list_subscriptions')) return false
    return (await isSubscribed(session, id)) === false
  }
}

/** The known server waits for its watches without an end when it may not make them. */
function subscribeProblem(text: string, callMs: number): string {
  if (!text.includes('not answered')) return text
  return `events_subscribe did not answer in ${callMs / 1000} s; the server's credential probably may not list and watch pods, nodes, deployments and jobs in all namespaces`
}
