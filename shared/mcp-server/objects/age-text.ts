/** As kubectl shortens it, to the first unit; empty when there is no time. */
export function ageText(at: number, now: Date): string {
  const seconds = Math.floor((now.getTime() - at) / 1000)
  if (!(at > 0)) return ''
  if (seconds < 120) return `${Math.max(0, seconds)}s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, y: 31_536_000 }
/** `3d4h` in seconds; `undefined` when it is no age. */
export function ageSeconds(text: string): number | undefined {
  if (!/^(\d+[smhdy])+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+)([smhdy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  )
}
