/** How many supervisor timers to register. Read without the schema of all settings: registration must stay cheap. */
export function supervisorCount(environment: Readonly<Record<string, string | undefined>> = process.env): number {
  const count = Number(environment.SUPERVISORS ?? '')
  return Number.isInteger(count) && count >= 1 && count <= 40 ? count : 2
}
