import { errorText } from '../runtime/errors.ts'
import { live } from './live.ts'
import { receiveFaults } from './receive-faults.ts'
import type { Session } from './session.ts'
import { streamState } from './stream-state.ts'
import { subscriptionState } from './subscription-state.ts'
import { toolFamily } from './tool-family.ts'
import type { WatchDeps, WatchTask } from './watch-deps.ts'
import { climb, type Link } from './watch-ladder.ts'
import type { WatchMemory } from './watch-memory.ts'

/** One connection to one cluster's server, until it fails (throws), or is to end (returns). */
export async function connection(deps: WatchDeps, task: WatchTask, memory: WatchMemory): Promise<void> {
  const { clock, times, random } = deps
  const { cluster, report, signal } = task
  const now = () => clock.now().getTime()
  const news: Link['news'] = {
    streamEnd: undefined,
    subscriptionError: '',
    toolsChanged: false,
    broken: '',
    wake: () => {},
  }
  const stream = streamState(times, random)

  const hearing = receiveFaults({
    ...deps,
    ...task,
    seenFaults: memory.seenFaults,
    claimed: memory.claimed,
    onEnd: () => {
      memory.againAt ??= now() + times.backoff.initialMs * 30
    },
    onFault: stream.brought,
    mayBeReplay: () => stream.isYoung(now()),
    onForeign: () => stream.doubt('faults come on the stream under the id of another subscription, and are not taken'),
    onSubscriptionError: (error) => {
      news.subscriptionError = `the server gave the subscription up: ${error.slice(0, 200)}`
      news.wake()
    },
  })

  const link = await deps.connecting(async (): Promise<Link> => {
    signal.throwIfAborted()
    report.status('connecting')
    const key = await deps.resolveApiKey(cluster)
    const identity = await deps.resolveIdentity?.(cluster)
    const session = await deps.open({
      endpoint: cluster.mcp.endpoint,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      identity,
      proxy: cluster.mcp.proxy,
      callTimeoutMs: times.callMs,
      // Answers that come to the wrong client find nobody there who asked under the same number.
      firstId: Math.floor(random() * 1_000_000_000),
      onNotice: hearing.onNotice,
      onGarbage: hearing.onGarbage,
      onStreamEnd: (why, retryMs = 0) => {
        news.streamEnd = { why, retryMs }
        news.wake()
      },
      onSign: () => {
        if (stream.sign(now())) news.wake()
      },
      onToolsChanged: () => {
        news.toolsChanged = true
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
  }, task.priority)

  let lingers = false
  const wake = () => news.wake()
  try {
    memory.claimed ||= await task.claim()
    if (!memory.claimed || signal.aborted) return
    hearing.claim()
    const before = memory.lingering
    memory.lingering = undefined
    await before?.()
    signal.addEventListener('abort', wake)
    await live(deps, task, memory, link)
  } catch (error) {
    // Its calls are refused, but the stream that is open may go on bringing faults: a key that was changed is no reason to be deaf.
    lingers = isUnaccepted(error) && stream.isUp() && !signal.aborted
    throw error
  } finally {
    signal.removeEventListener('abort', wake)
    if (lingers) memory.lingering = link.session.close
    else await link.session.close()
  }

  async function begin(opened: Session): Promise<Link> {
    // Without a level the known server drops every notice in silence; servers without levels refuse, and need none.
    await opened.setLevel().catch(() => {})
    const family = toolFamily(await opened.tools())
    if (family.problem !== '') throw new Error(family.problem)
    const made: Link = {
      session: { ...opened, call: (name, args) => opened.call(`${family.prefix}${name}`, args) },
      hearing,
      stream,
      subscription: subscriptionState(times.backoff, times.climbMs, random),
      news,
      tools: family.tools,
    }
    await climb(deps, task, memory, made)
    return made
  }
}

const isUnaccepted = (error: unknown): boolean =>
  error instanceof Error &&
  'status' in error &&
  (error.status === 401 || error.status === 403) &&
  errorText(error) !== ''
