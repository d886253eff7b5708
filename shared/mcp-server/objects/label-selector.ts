import { z } from 'zod'
import { own } from '../../runtime/own.ts'

/** True when the labels fit. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

const key = '[A-Za-z0-9]([\\w./-]{0,315}[A-Za-z0-9])?'
const value = '[\\w.-]{0,63}'
const equal = new RegExp(`^(${key})\\s*(==|=|!=)\\s*(${value})$`)
const set = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`)
const present = new RegExp(`^(!?)\\s*(${key})$`)

/** Kubernetes' label selectors, where no API is asked that could apply one. `undefined` when it cannot be read. */
export function labelTest(selector: string): LabelTest | undefined {
  const tests: LabelTest[] = []
  // Commas within parentheses do not part requirements.
  for (const part of selector.split(/,(?![^(]*\))/)) {
    const text = part.trim()
    if (text === '') continue
    const test = requirement(text)
    if (test === undefined) return undefined
    tests.push(test)
  }
  return (labels) => tests.every((test) => test(labels))
}

function requirement(text: string): LabelTest | undefined {
  const compared = equal.exec(text)
  if (compared !== null) {
    const [, name = '', , operator, requested] = compared
    return operator === '!=' ? (labels) => own(labels, name) !== requested : (labels) => own(labels, name) === requested
  }
  const among = set.exec(text)
  if (among !== null) {
    const [, name = '', , operator, list = ''] = among
    const values = new Set(list.split(',').map((one) => one.trim()))
    return (labels) => {
      const found = own(labels, name)
      return operator === 'in' ? found !== undefined && values.has(found) : found === undefined || !values.has(found)
    }
  }
  const [, not, name] = present.exec(text) ?? []
  if (name === undefined) return undefined
  return not === '!' ? (labels) => own(labels, name) === undefined : (labels) => own(labels, name) !== undefined
}

const Requirement = z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).catch([]) })
/** As objects write it. */
export const LabelSelector = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).catch({}),
  matchExpressions: z.array(Requirement).catch([]),
})

/** The same as the API takes it in a query; '' fits everything. */
export function selectorText({ matchLabels, matchExpressions }: z.infer<typeof LabelSelector>): string {
  const written = [
    ...Object.entries(matchLabels).map(([name, requested]) => `${name}=${requested}`),
    ...matchExpressions.map(({ key: name, operator, values }) => {
      if (operator === 'Exists') return name
      if (operator === 'DoesNotExist') return `!${name}`
      return `${name} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
    }),
  ]
  return written.join(',')
}
