/**
 * A CronJob's schedule speaks of the wall clock, so it must move with everything else: a job that ran at 19:00 in a
 * picture of 19:30 is well, and shown at 03:09 it would seem to have missed 03:00. Schedules that cannot be written
 * after the move (days of the month, or minutes that fall into different hours) stay.
 */
export function shiftSchedule(schedule: string, seconds: number): string {
  const written = macros[schedule.trim()] ?? schedule.trim()
  const fields = written.split(/\s+/)
  const [minuteField = '', hourField = '', dayOfMonth, month, weekField = ''] = fields
  if (fields.length !== 5 || dayOfMonth !== '*' || month !== '*') return schedule
  const minutes = values(minuteField, 60)
  const hours = values(hourField, 24)
  const week = values(weekField.replace(/7/g, '0'), 7)
  if (minutes === undefined || hours === undefined || week === undefined) return schedule

  // Rounded down, like every time: the run follows its schedule.
  const delta = Math.floor(seconds / 60)
  const moved = minutes.map((minute) => wrap(minute + delta, 60))
  const everyHour = hours.length === 24
  const everyDay = week.length === 7
  if (everyHour && everyDay) return [text(moved, 60), '*', '*', '*', '*'].join(' ')

  const hoursLater = new Set(minutes.map((minute) => Math.floor((minute + delta) / 60)))
  const [later = 0] = hoursLater
  const daysLater = new Set(hours.map((hour) => Math.floor((hour + later) / 24)))
  const [days = 0] = daysLater
  if (hoursLater.size !== 1 || (!everyDay && daysLater.size !== 1)) return schedule
  const newHours = hours.map((hour) => wrap(hour + later, 24))
  const newWeek = week.map((day) => wrap(day + days, 7))
  return [text(moved, 60), text(newHours, 24), '*', '*', text(newWeek, 7)].join(' ')
}

const macros: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
}

const wrap = (value: number, size: number): number => ((value % size) + size) % size
const text = (list: readonly number[], size: number): string =>
  list.length === size ? '*' : [...list].sort((one, other) => one - other).join(',')

/** `1,5-9,10-59/15`; `undefined` for what is not numbers. */
function values(field: string, size: number): number[] | undefined {
  const found = new Set<number>()
  for (const part of field.split(',')) {
    const [, range = '', step] = /^(\*|\d+(?:-\d+)?)(?:\/(\d+))?$/.exec(part) ?? []
    if (range === '') return undefined
    const [first = 0, last = step === undefined ? first : size - 1] =
      range === '*' ? [0, size - 1] : range.split('-').map(Number)
    for (let value = first; value <= Math.min(last, size - 1); value += Math.max(1, Number(step ?? 1))) found.add(value)
  }
  return [...found]
}
