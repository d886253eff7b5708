/** How many supervisor timers to register. Read without the schema of all settings: registration must stay cheap. */
export function supervisorCount(environment: Readonly<Record<string, string | undefined>> = process.env): number {
  const count = Number(environment.SUPERVISORS ?? '')
  return Number.isInteger(count) && count >= 1 && count <= 40 ? count : 2
}

/** Seconds between two visits: what a schedule can say, and shorter than the alert on supervisors waits for one. */
export const PATROLS: readonly number[] = [10, 15, 20, 30, 60, 120, 300, 600]

/**
 * When they run. Without a patrol a run outlasts its schedule and is followed by the next at once, so windows stand
 * back to back; ten seconds is the wait after a run that failed early.
 */
export function supervisorSchedule(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const seconds = PATROLS.find((one) => one === Number(environment.PATROL_SECONDS)) ?? 10
  if (seconds < 60) return `*/${seconds} * * * * *`
  return `0 */${seconds / 60} * * * *`
}
