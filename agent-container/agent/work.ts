import { systemClock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { runnerOf } from '../runners/runners.ts'
import { brokerAt } from './broker-client.ts'

/** As the broker reads it from outside: 10 the model's quota or the budget is spent, 11 the time was over. */
export const codes = { done: 0, failed: 1, quota: 10, timeout: 11 } as const
/** Well below the silence after which the broker gives an agent up. */
const ALIVE_MS = 2_000

export type Platform = {
  readonly url: string
  readonly token: string
  /** Where programs are looked for. */
  readonly path: string
  readonly stop: AbortController
  readonly log: (line: string) => void
}

/** One agent's life: asks what there is to do, does it with the runner that is named, says how it ended. */
export async function work({ url, token, path, stop, log }: Platform): Promise<number> {
  const broker = brokerAt(url, token)
  const task = await broker.task(stop.signal)
  if (task === undefined) {
    log('The broker has nothing to do for an agent.')
    return codes.done
  }
  // Twice without an answer, the broker is gone: nobody waits for a verdict any more.
  let missed = 0
  const alive = setInterval(() => {
    broker.alive().then(
      () => {
        missed = 0
      },
      () => {
        if (++missed > 1) stop.abort()
      },
    )
  }, ALIVE_MS)
  try {
    const left = Math.max(0, Date.parse(task.deadline) - systemClock.now().getTime())
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(left)])
    const end = await runnerOf(task.runner)({ broker, task, signal, path }).catch((error: unknown) => ({
      result: signal.aborted ? ('timeout' as const) : ('failed' as const),
      why: errorText(error),
    }))
    log(`The runner ${task.runner} ended: ${end.result} ${end.why}`)
    await broker.end({ ...end, why: end.why.slice(0, 500) }).catch(() => undefined)
    return codes[end.result]
  } finally {
    clearInterval(alive)
  }
}
