import { html } from 'hono/html'
import type { Html } from './document.ts'

/** A moment in UTC, to the second. */
export const moment = (iso: string): Html => html`<time datetime="${iso}">${utc(iso)}</time>`
export const utc = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`
/** Where the day is known from what stands around it. */
export const clockTime = (iso: string): Html =>
  html`<time datetime="${iso}">${new Date(iso).toISOString().slice(11, 19)}</time>`

/** `2 min 10 s`: the two largest units, as people say it. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000)
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const
  const first = units.findIndex(([, size]) => seconds >= size)
  if (first === -1) return '0 s'
  let rest = seconds
  const words: string[] = []
  for (const [name, size] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count} ${name}`)
  }
  return words.join(' ')
}

export const between = (from: string, to: string): number => new Date(to).getTime() - new Date(from).getTime()
