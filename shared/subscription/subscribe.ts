import { z } from 'zod'
import type { Session, ToolInfo } from './session.ts'

export type Subscription = {
  /** `undefined` when the server does not say: then nothing can be told apart by it. */
  readonly id: string | undefined
  /** The server's own name of the cluster, which goes into its fault ids. */
  readonly cluster: string | undefined
  /** What the server cannot see, in its words. */
  readonly hidden: readonly string[]
}

const Created = z.looseObject({
  subscriptionId: z.string().nullish(),
  cluster: z.string().nullish(),
  notVisible: z.array(z.looseObject({ kind: z.string() })).nullish(),
})
const Listed = z.looseObject({ subscriptions: z.array(z.looseObject({ subscriptionId: z.string() })) })

/** A filter would only be echoed back by known servers, so none is sent. `since`: servers that can, tell again what they told others. */
export async function subscribe(session: Session, tool: ToolInfo, since = ''): Promise<Subscription> {
  // Current faults are found by looking, which also tells what is over; heard again they would count as new ones.
  const current = tool.arguments.includes('includeCurrent') ? { includeCurrent: false } : {}
  const missed = since !== '' && tool.arguments.includes('since') ? { since } : {}
  const answer = await session.call('events_subscribe', { mode: 'faults', ...current, ...missed })
  if (answer.isError) throw new Error(`events_subscribe was refused: ${answer.text.slice(0, 300)}`)
  const created = Created.safeParse(answer.structured ?? jsonIn(answer.text))
  if (!created.success) return { id: undefined, cluster: undefined, hidden: [] }
  const { subscriptionId, cluster, notVisible } = created.data
  return {
    id: subscriptionId || undefined,
    cluster: cluster ?? undefined,
    hidden: (notVisible ?? []).map(({ kind }) => kind),
  }
}

export async function unsubscribe(session: Session, id: string): Promise<void> {
  await session.call('events_unsubscribe', { subscriptionId: id })
}

/** Known servers drop a subscription without a word when one delivery fails. `undefined`: this server cannot say. */
export async function isSubscribed(session: Session, id: string): Promise<boolean | undefined> {
  const answer = await session.call('events_list_subscriptions', {})
  if (answer.isError) return undefined
  const listed = Listed.safeParse(answer.structured ?? jsonIn(answer.text))
  return listed.success ? listed.data.subscriptions.some((one) => one.subscriptionId === id) : undefined
}

/** The answer is a heading, JSON, and a sentence. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1))
  } catch {
    return undefined
  }
}
