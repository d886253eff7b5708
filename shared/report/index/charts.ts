import { html } from 'hono/html'
import type { Html } from '../page/document.ts'
import type { Count, Day } from './figures.ts'

const HEIGHT = 90

/** One column a day, its severities on top of each other; the list below has the numbers. */
export function dayChart(days: readonly Day[]): Html {
  const sums = days.map(({ critical, warning, info }) => critical + warning + info)
  const most = Math.max(1, ...sums)
  const width = 100 / Math.max(1, days.length)
  const total = sums.reduce((sum, one) => sum + one, 0)
  const columns = days.map((day, index) => {
    let bottom = HEIGHT
    return (['critical', 'warning', 'info'] as const).map((severity) => {
      const height = (day[severity] / most) * (HEIGHT - 16)
      bottom -= height
      return day[severity] === 0
        ? ''
        : html`<rect class="bar ${severity}" x="${(index * width + width * 0.1).toFixed(2)}%" width="${(width * 0.8).toFixed(2)}%" y="${bottom.toFixed(1)}" height="${height.toFixed(1)}"/>`
    })
  })
  const peak = sums.indexOf(Math.max(...sums))
  return html`<svg class="chart" role="img" aria-label="${total} incidents in ${days.length} days, at most ${most} on ${days[peak]?.day ?? ''}" width="100%" height="${HEIGHT + 18}">
<line class="rail" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}"/>${columns}
${total === 0 ? '' : html`<text class="${peak > days.length * 0.8 ? 'end' : ''}" x="${((peak + (peak > days.length * 0.8 ? 1 : 0)) * width).toFixed(2)}%" y="12">${most}</text>`}
<text x="0" y="${HEIGHT + 15}">${days[0]?.day ?? ''}</text><text class="end" x="100%" y="${HEIGHT + 15}">${days.at(-1)?.day ?? ''}</text></svg>`
}

/** One line for each name: its bar and its number. */
export function barChart(counts: readonly Count[], label: string): Html {
  const most = Math.max(1, ...counts.map(({ count }) => count))
  return html`<table class="bars"><caption class="unseen">${label}</caption><thead class="unseen"><tr><th scope="col">Name</th><th scope="col">Share</th><th scope="col">Incidents</th></tr></thead><tbody>${counts.map(
    ({ name, count }) =>
      html`<tr><th scope="row">${name}</th><td><svg width="100%" height="14" aria-hidden="true"><rect class="bar plain" width="${((100 * count) / most).toFixed(1)}%" height="14" rx="2"/></svg></td><td class="right">${count}</td></tr>`,
  )}</tbody></table>`
}
