import { changedFields, type FieldChange } from '../changes/fields.ts'

/** Fields that nobody but a mutating webhook (or an admission plugin) sets differently from the template. */
const telling =
  /^(nodeSelector|schedulerName|runtimeClassName|dnsPolicy|hostNetwork)\b|^(containers|initContainers)\[[^\]]+\]\.(image|command|args|resources|securityContext)\b/

/**
 * In what a pod differs from the template that it was made of. What the API adds by itself (defaults, the account's
 * volume, the node) is left out, and so are containers that were added whole: sidecars are mostly meant.
 */
export const differsFromTemplate = (template: unknown, pod: unknown): readonly FieldChange[] =>
  changedFields(template, pod).filter(
    ({ path, before, after }) =>
      telling.test(path) && after !== undefined && !(before === undefined && isDefault(path, after)),
  )

const defaults: Readonly<Record<string, string>> = { schedulerName: 'default-scheduler', dnsPolicy: 'ClusterFirst' }
const isDefault = (path: string, value: unknown): boolean =>
  defaults[path] === value || JSON.stringify(value) === '{}' || value === false
