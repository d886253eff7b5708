import { stringify } from 'yaml'
import { GiveUp } from '../../runtime/errors.ts'

type Step = { readonly value: unknown; readonly rest: string }

/**
 * What stands at a path of an object, as text. Keys may hold dots (`data.nginx.conf`), so each key that the path begins
 * with is tried, the longest first; items of a list are known by number. GiveUp says what there is instead.
 */
export function partOf(object: unknown, path: string): string {
  const found = at({ value: object, rest: path.replace(/^\./, '') })
  if (found === undefined) throw new GiveUp(`path: there is nothing at ${shownPath(path)}. ${nearestTo(object, path)}`)
  return typeof found.value === 'string' ? found.value : stringify(found.value, { lineWidth: 0 })
}

function at({ value, rest }: Step): { readonly value: unknown } | undefined {
  if (rest === '') return { value }
  for (const step of stepsFrom(value, rest)) {
    const found = at(step)
    if (found !== undefined) return found
  }
  return undefined
}

function stepsFrom(value: unknown, rest: string): readonly Step[] {
  if (Array.isArray(value)) {
    const [whole, index] = /^\[?(\d{1,6})\]?(?:\.|(?=\[)|$)/.exec(rest) ?? []
    return whole === undefined || !(Number(index) in value)
      ? []
      : [{ value: value[Number(index)], rest: rest.slice(whole.length) }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .filter(([key]) => rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`))
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([key, item]) => ({ value: item, rest: rest.slice(key.length).replace(/^\./, '') }))
}

/** The keys there, at the deepest point that the path leads to. */
function nearestTo(object: unknown, path: string): string {
  let here: Step = { value: object, rest: path.replace(/^\./, '') }
  for (let [next] = stepsFrom(here.value, here.rest); next !== undefined; [next] = stepsFrom(here.value, here.rest))
    here = next
  const keys = Array.isArray(here.value)
    ? [`0 to ${here.value.length - 1}`]
    : Object.keys(typeof here.value === 'object' && here.value !== null ? here.value : {})
  return keys.length === 0
    ? 'It leads beyond a value.'
    : `There: ${keys.slice(0, 20).join(', ')}${keys.length > 20 ? ', …' : ''}.`
}
const shownPath = (path: string): string => path.replace(/\p{C}/gu, '').slice(0, 100)
