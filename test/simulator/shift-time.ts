/**
 * Moves every time written in a text by the same number of whole seconds, digit for digit in its own style: RFC 3339
 * (any fraction, any offset), `2026-01-12 09:41:00,123`, `2026/01/12 09:41:00`, klog's `E0112 09:41:00.123456`, the web
 * servers' `12/Jan/2026:09:41:00`, and epoch numbers behind a field called ts, time or timestamp.
 */
export type Shift = { readonly seconds: number; readonly year: number }

export const shiftBetween = (pictureNow: Date, present: Date): Shift => ({
  // Rounded down: nothing that has happened may lie in the future.
  seconds: Math.floor((present.getTime() - pictureNow.getTime()) / 1000),
  year: pictureNow.getUTCFullYear(),
})

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0')
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const patterns =
  /(?<!\d)(?<y>\d{4})(?<d>[-/])(?<mo>\d\d)\k<d>(?<da>\d\d)(?<t>[T ])(?<h>\d\d):(?<mi>\d\d):(?<s>\d\d)(?!\d)|(?<![A-Za-z0-9])(?<k>[IWEF])(?<kmo>\d\d)(?<kda>\d\d)(?<ksp> +)(?<kh>\d\d):(?<kmi>\d\d):(?<ks>\d\d)(?=\.\d{6})|(?<!\d)(?<cda>\d\d)\/(?<cmo>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/(?<cy>\d{4}):(?<ch>\d\d):(?<cmi>\d\d):(?<cs>\d\d)|(?<ek>"(?:ts|time|timestamp)":\s?)(?<e>\d{10})(?=\d{3}\b|\.\d|[,}\s])/g

export function shiftText(text: string, shift: Shift): string {
  return text.replace(patterns, (whole, ...rest) => {
    const found: Readonly<Record<string, string | undefined>> = rest.at(-1)
    const n = (key: string) => Number(found[key])
    const moved = (year: number, month: number, day: number, at: readonly [number, number, number]) =>
      new Date(Date.UTC(year, month, day, ...at) + shift.seconds * 1000)
    const time = (date: Date) => `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`
    if (found.y !== undefined) {
      const date = moved(n('y'), n('mo') - 1, n('da'), [n('h'), n('mi'), n('s')])
      const parts = [pad(date.getUTCFullYear(), 4), pad(date.getUTCMonth() + 1), pad(date.getUTCDate())]
      return `${parts.join(found.d)}${found.t}${time(date)}`
    }
    if (found.k !== undefined) {
      const date = moved(shift.year, n('kmo') - 1, n('kda'), [n('kh'), n('kmi'), n('ks')])
      return `${found.k}${pad(date.getUTCMonth() + 1)}${pad(date.getUTCDate())}${found.ksp}${time(date)}`
    }
    if (found.cy !== undefined) {
      const date = moved(n('cy'), months.indexOf(found.cmo ?? ''), n('cda'), [n('ch'), n('cmi'), n('cs')])
      return `${pad(date.getUTCDate())}/${months[date.getUTCMonth()]}/${pad(date.getUTCFullYear(), 4)}:${time(date)}`
    }
    return found.ek === undefined ? whole : `${found.ek}${n('e') + shift.seconds}`
  })
}

/** A copy of a value with every text in it shifted; keys stay. */
export function shiftValue<T>(value: T, shift: Shift): T
export function shiftValue(value: unknown, shift: Shift): unknown {
  if (typeof value === 'string') return shiftText(value, shift)
  if (Array.isArray(value)) return value.map((item) => shiftValue(item, shift))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shiftValue(item, shift)]))
}
