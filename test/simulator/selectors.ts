import type { Resource } from './kinds.ts'
import { fieldAt, type SimObject } from './objects.ts'
import { refuse } from './status.ts'

export type Matcher = (object: SimObject) => boolean

/** `a=b, c!=d, e in (f,g), h notin (i), j, !k`, as the API's own grammar has it. */
export function labelMatcher(selector: string): Matcher {
  const terms = selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .map(labelTerm)
  return (object) => terms.every((matches) => matches(object.metadata.labels ?? {}))
}

function labelTerm(term: string): (labels: Readonly<Record<string, unknown>>) => boolean {
  const set = /^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    return (labels) =>
      operator === 'in' ? key in labels && values.includes(String(labels[key])) : !values.includes(String(labels[key]))
  }
  const equal = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(term)
  if (equal !== null) {
    const [, key = '', operator, value] = equal
    return (labels) => (key in labels && String(labels[key]) === value) === (operator !== '!=')
  }
  const exists = /^(!?)\s*([\w./-]+)$/.exec(term)
  if (exists === null)
    throw refuse(400, 'BadRequest', `unable to parse requirement: found '${term}', expected: a selector`)
  const [, not, key = ''] = exists
  return (labels) => key in labels === (not === '')
}

const ofEvent = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
/** What the API knows to select by, beside metadata.name and metadata.namespace; anything else it refuses. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [
    ...['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork'],
    ...['status.phase', 'status.podIP', 'status.nominatedNodeName'],
  ],
  '/Event': [
    ...ofEvent.flatMap((field) => [`involvedObject.${field}`, `regarding.${field}`]),
    ...['reason', 'reportingComponent', 'reportingController', 'source', 'type'],
  ],
  '/Node': ['spec.unschedulable'],
  '/Namespace': ['status.phase'],
  '/Secret': ['type'],
  '/ReplicationController': ['status.replicas'],
  'apps/ReplicaSet': ['status.replicas'],
  'batch/Job': ['status.successful'],
  'certificates.k8s.io/CertificateSigningRequest': ['spec.signerName'],
}

export function fieldMatcher(selector: string, resource: Resource): Matcher {
  const terms = selector
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => {
      const parsed = /^\s*([\w.]+)\s*(==?|!=)(.*)$/.exec(term)
      if (parsed === null) throw refuse(400, 'BadRequest', `invalid selector: '${term}'; can't understand '${term}'`)
      const [, field = '', operator, value = ''] = parsed
      if (!['metadata.name', 'metadata.namespace', ...(selectable[resource.stored] ?? [])].includes(field))
        throw refuse(400, 'BadRequest', `field label not supported: ${field}`)
      return { field, equal: operator !== '!=', value: value.trim() }
    })
  return (object) => terms.every(({ field, equal, value }) => (fieldText(object, field) === value) === equal)
}

function fieldText(object: SimObject, field: string): string {
  const value =
    field === 'source'
      ? (object.source?.component ?? object.reportingComponent)
      : fieldAt(object, field.replace(/^regarding\./, 'involvedObject.').replace('Controller', 'Component'))
  if (field === 'spec.unschedulable' || field === 'spec.hostNetwork') return String(value ?? false)
  return value === undefined || value === null ? '' : String(value)
}
