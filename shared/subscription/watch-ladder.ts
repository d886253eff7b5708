import type { WatchStep } from '../artifacts/cluster-status.ts'
import { errorText } from '../runtime/errors.ts'
import { proveLife } from './prove-life.ts'
import type { Hearing } from './receive-faults.ts'
import type { Session, ToolInfo } from './session.ts'
import type { StreamState } from './stream-state.ts'
import { subscribe } from './subscribe.ts'
import type { subscriptionState } from './subscription-state.ts'
import type { WatchDeps, WatchTask } from './watch-deps.ts'
import type { WatchMemory } from './watch-memory.ts'
import { WireError } from './wire/wire-error.ts'

/** One session with a server, and what is known of the ways in which it tells of faults. */
export type Link = {
  readonly session: Session
  readonly hearing: Hearing
  readonly stream: StreamState
  readonly subscription: ReturnType<typeof subscriptionState>
  /** What came in between two turns of the watch. */
  readonly news: {
    streamEnd: { readonly why: string; readonly retryMs: number } | undefined
    subscriptionError: string
    toolsChanged: boolean
    /** The server cannot even be looked at. */
    broken: string
    wake: () => void
  }
  tools: readonly ToolInfo[]
}

export const toolOf = ({ tools }: Pick<Link, 'tools'>, name: string): ToolInfo | undefined =>
  tools.find((tool) => tool.name === name)

/**
 * As far up as the server lets us: a stream, and a subscription to what comes on it. Throws only when the server itself is
 * gone; with less than all, the cluster is still looked at.
 */
export async function climb(deps: WatchDeps, task: WatchTask, memory: WatchMemory, link: Link): Promise<void> {
  const { hearing, stream, subscription } = link
  const now = () => deps.clock.now().getTime()
  if (toolOf(link, 'events_subscribe') === undefined) {
    if (toolOf(link, 'resources_list') === undefined)
      throw new Error(
        'the server has neither events_subscribe nor resources_list among its tools: check mcp.endpoint, or its toolsets',
      )
    hearing.know(undefined)
    return stream.without('the server emits no faults (it has no tool events_subscribe)')
  }
  if (memory.noStream !== '') {
    hearing.know(undefined)
    return stream.without(memory.noStream)
  }
  // Open before anything can be sent: a notice that finds no stream ends the subscription.
  if (!stream.isUp() && !stream.opened(await link.session.openStream(), now())) {
    hearing.know(undefined)
    return subscription.without('there is no stream for it')
  }
  if (subscription.current() === undefined) await subscribeTo(deps, task, memory, link)
}

async function subscribeTo(deps: WatchDeps, task: WatchTask, memory: WatchMemory, link: Link): Promise<void> {
  const { session, hearing, stream, subscription } = link
  const { clock, times } = deps
  const tool = toolOf(link, 'events_subscribe')
  if (tool === undefined) return
  const now = () => clock.now().getTime()
  const alive = () => proveLife(session, clock, times.callMs)
  task.report.status('subscribing')
  hearing.expect()
  try {
    const made = await subscribe(session, tool, times.patrolMs > 0 ? task.before().blindSince : '')
    hearing.know(made)
    return subscription.made(made, now())
  } catch (error) {
    hearing.know(undefined)
    if (task.signal.aborted) throw error
    const wait = error instanceof WireError ? error.retryAfterMs : 0
    const isAlive = await alive().then(
      () => true,
      () => false,
    )
    if (isAlive) return subscription.refused(subscribeProblem(errorText(error), times.callMs), wait, now())
    if (!stream.isUp()) throw error
    // Some answer nothing as long as a stream is open.
    session.closeStream?.()
    stream.without('')
    await alive()
    memory.noStream = 'the server answers nothing while its stream is open, so none is opened'
    stream.without(memory.noStream)
    subscription.without(memory.noStream)
  }
}

/** The known server waits for its watches without an end when it may not make them. */
function subscribeProblem(text: string, callMs: number): string {
  if (!text.includes('not answered')) return text
  return `events_subscribe did not answer in ${callMs / 1000} s, while pings are answered: the server's credential may not list and watch pods, nodes, deployments and jobs in all namespaces perhaps`
}

export type Step = {
  readonly step: WatchStep
  readonly note: string
  readonly delayMs: number
  readonly close: boolean
}

/** On which step the watch stands, why not on a better one, and what would lift it. */
export function stepOf(
  { clock, times }: Pick<WatchDeps, 'clock' | 'times'>,
  { stream, subscription }: Link,
  { gaps, wasUnproved }: { readonly gaps: string; readonly wasUnproved: boolean },
): Step {
  const seconds = (ms: number) => `${Math.round(ms / 1000) || ms / 1000} s`
  const lack = stream.lack() || subscription.lack()
  const more = gaps === '' ? '' : `; ${gaps}`
  const closeMs = Math.min(times.closeMs, times.reconcileMs)
  if (lack !== '') {
    const close = stream.isDown()
    const delayMs = close ? closeMs : times.reconcileMs
    return {
      step: 'polled',
      note: `${lack}: the cluster is looked at every ${seconds(delayMs)}${more}`,
      delayMs,
      close,
    }
  }
  const unproved = stream.unproved(clock.now().getTime(), wasUnproved)
  if (unproved !== '')
    return {
      step: 'unconfirmed',
      note: `${unproved}: the cluster is also looked at every ${seconds(closeMs)}${more}`,
      delayMs: closeMs,
      close: true,
    }
  const hidden = subscription.current()?.hidden ?? []
  const note = [
    ...(hidden.length === 0 ? [] : [`the server cannot see ${hidden.join(', ')}`]),
    ...(gaps === '' ? [] : [gaps]),
  ]
  return { step: 'subscribed', note: note.join('; '), delayMs: 0, close: false }
}
