import { own } from '../../../shared/runtime/own.ts'
import type { Expression, LabelSelector } from './shapes.ts'

type Labels = Readonly<Record<string, string>>

export const matchesLabels = (requested: Labels, labels: Labels): boolean =>
  Object.entries(requested).every(([key, value]) => own(labels, key) === value)

/** An empty selector matches everything, as in the API; callers for which it means nothing check first. */
export const selects = (selector: LabelSelector, labels: Labels): boolean =>
  matchesLabels(selector.matchLabels, labels) && selector.matchExpressions.every((one) => holds(one, labels))

export function holds({ key, operator, values }: Expression, labels: Labels): boolean {
  const value = own(labels, key)
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return true
  }
}
