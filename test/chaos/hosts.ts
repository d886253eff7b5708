import { errorText } from '../../shared/runtime/errors.ts'
import type { MemoryQueue } from '../fakes/memory-queue.ts'
import { BEGINNING, type Mortal, mortal, type Sky } from './mortal.ts'

/** As the host does: a message that failed so often goes to the poison queue. */
const MOST_DELIVERIES = 5

export type WaitedQueue = MemoryQueue & { readonly whenAny: (go: () => void) => void }

/** Who finds the queue empty is called when there may be something, in place of asking each second. */
export function waitedQueue(sky: Sky, queue: MemoryQueue): WaitedQueue {
  let waiting: (() => void)[] = []
  const wake = () => {
    const all = waiting
    waiting = []
    for (const go of all) go()
  }
  return {
    send: async (body, options) => {
      await queue.send(body, options)
      sky.time.after((options?.delaySeconds ?? 0) * 1_000 + 1, wake)
    },
    length: queue.length,
    receive: (options) => queue.receive(options),
    get messages() {
      return queue.messages
    },
    whenAny: (go) => {
      waiting.push(go)
      const next = Math.min(...queue.messages.map(({ visibleAt }) => visibleAt.getTime() - BEGINNING))
      if (Number.isFinite(next)) sky.time.after(next - sky.time.now() + 1, wake)
    },
  }
}

export type Delivery = { readonly id: string; readonly dequeueCount: number }

/** One instance that works on a queue, message by message; when it dies another takes its place. */
export function queueWorker(
  sky: Sky,
  name: string,
  {
    queue,
    poison,
    visibilitySeconds,
  }: { queue: WaitedQueue; poison: WaitedQueue | undefined; visibilitySeconds: number },
  handle: (who: Mortal) => (body: unknown, delivery: Delivery) => Promise<unknown>,
): void {
  let lives = 0
  let who = born()
  function born(): Mortal {
    lives += 1
    return mortal(sky, `${name}.${lives}`, () => {
      sky.time.after(sky.chance.between(500, 5_000), () => {
        who = born()
        poll()
      })
    })
  }
  const soon = () => sky.time.after(sky.chance.between(200, 2_000), poll)

  function poll(): void {
    const [message] = queue.receive({ visibilitySeconds })
    if (message === undefined) {
      queue.whenAny(soon)
      return
    }
    const { id, dequeueCount, body } = message
    if (dequeueCount > MOST_DELIVERIES) {
      sky.note?.(name, `message ${id} is poison`)
      message.complete()
      void poison?.send(body)
      soon()
      return
    }
    sky.note?.(who.name, `message ${id}, delivery ${dequeueCount}: ${body.slice(0, 200)}`)
    sky.begun.set(who.name, sky.time.now())
    handle(who)(JSON.parse(body), { id, dequeueCount }).then(
      (answer) => {
        sky.note?.(who.name, `message ${id} done: ${JSON.stringify(answer) ?? ''}`)
        message.complete()
        soon()
      },
      (error: unknown) => {
        sky.note?.(who.name, `message ${id} failed: ${errorText(error)}`)
        message.release(sky.chance.between(1, 10))
        soon()
      },
    )
  }
  soon()
}

/**
 * What a timer starts: one run at a time, except that a run which stands still may be taken for dead and started anew
 * beside it. Answers how to stop it.
 */
export function timer(
  sky: Sky,
  name: string,
  everyMs: () => number,
  run: (who: Mortal, stop: AbortSignal) => Promise<unknown>,
): () => void {
  const stop = new AbortController()
  let lives = 0
  function begin(): void {
    if (stop.signal.aborted) return
    lives += 1
    const life = lives
    const next = () => {
      if (life === lives) sky.time.after(sky.chance.between(0.2, 1) * everyMs(), begin)
    }
    const who = mortal(sky, `${name}.${life}`, next)
    const watch = () => {
      if (life !== lives || stop.signal.aborted) return
      if (who.still() && sky.chance.happens(0.3)) begin()
      else if (who.alive()) sky.time.after(5_000, watch)
    }
    sky.time.after(5_000, watch)
    run(who, stop.signal).then(
      () => next(),
      (error: unknown) => {
        sky.note?.(who.name, `failed: ${errorText(error)}`)
        next()
      },
    )
  }
  sky.time.after(sky.chance.between(0, 1_000), begin)
  return () => stop.abort()
}
