/** Between two moments, as people say it: `4 min`. */
export function span(from: string, to: string): string {
  const minutes = Math.round((Date.parse(to) - Date.parse(from)) / 60_000)
  if (minutes < 2) return `${Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000))} s`
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
