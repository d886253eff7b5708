import { Cron } from 'croner'
import type { TimerTrigger } from './bindings.ts'
import type { Registered } from './core-api.ts'
import type { Invoke } from './invoke.ts'
import type { Listener } from './listener.ts'
import type { TimerStatus } from './messages.ts'

/** setTimeout's own limit; a later occurrence is reached in several steps. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/** What a monitored timer is told before its first run: .NET's first moment. */
const NEVER: TimerStatus = {
  Last: '0001-01-01T00:00:00',
  Next: '0001-01-01T00:00:00',
  LastUpdated: '0001-01-01T00:00:00',
}

export type TimerDeps = {
  readonly invoke: Invoke
  readonly saveStatus: (status: TimerStatus) => void
  readonly log: (level: string, message: string) => void
}

/**
 * azure-webjobs-sdk-extensions 5.0 TimerListener: a one-shot timer that is armed again only after the run, so runs never
 * overlap. The next time follows from the *start* of the run; when it is past already, one more run starts at once
 * (not "past due") and the other missed ones are dropped.
 */
export function startTimer(
  target: Registered,
  binding: string,
  trigger: TimerTrigger,
  stored: TimerStatus | undefined,
  deps: TimerDeps,
): Listener {
  const cron = new Cron(trigger.schedule, { mode: '5-or-6-parts', timezone: 'UTC', paused: true })
  const after = (from: Date): Date | undefined => cron.nextRun(from) ?? undefined
  // Default of the real host: kept for intervals of a minute and more.
  const [first, second] = cron.nextRuns(2)
  const monitored = trigger.useMonitor ?? (first !== undefined && second !== undefined && +second - +first >= 60_000)
  let status = monitored ? (stored ?? NEVER) : undefined
  let timer: NodeJS.Timeout | undefined
  let running = false
  let requested = false
  let stopped = false

  function arm(next: Date | undefined): void {
    if (stopped || next === undefined) return
    const wait = Math.max(next.getTime() - Date.now(), 0)
    timer = setTimeout(
      () => (wait > LONGEST_TIMEOUT_MS ? arm(next) : void run(false)),
      Math.min(wait, LONGEST_TIMEOUT_MS),
    )
  }

  async function run(isPastDue: boolean): Promise<void> {
    if (stopped) return
    if (running) {
      requested = true
      return
    }
    running = true
    clearTimeout(timer)
    const started = new Date()
    const next = after(started)
    const schedule = { Schedule: { AdjustForDST: true }, ScheduleStatus: status ?? null, IsPastDue: isPastDue }
    try {
      await deps.invoke(target, { name: binding, data: { json: JSON.stringify(schedule) } })
    } catch (error) {
      deps.log('error', `failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
    if (monitored && next !== undefined) {
      status = { Last: started.toISOString(), Next: next.toISOString(), LastUpdated: started.toISOString() }
      deps.saveStatus(status)
    }
    running = false
    if (!requested) return arm(next)
    requested = false
    void run(false)
  }

  const missed = stored !== undefined && status !== undefined && Date.parse(status.Next) < Date.now()
  if (missed || trigger.runOnStartup === true) void run(missed)
  else arm(after(new Date()))
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
    trigger: () => void run(false),
  }
}
