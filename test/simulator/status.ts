/** A refusal as the API server words it: thrown anywhere below a request, sent as a `Status` object. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: number
  readonly reason: string
  readonly details: Readonly<Record<string, unknown>>
  constructor(code: number, reason: string, message: string, details: Readonly<Record<string, unknown>>) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }
}
export const refuse = (code: number, reason: string, message: string, details = {}): Refusal =>
  new Refusal(code, reason, message, details)

export const statusBody = (refusal: Refusal): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: refusal.message,
  reason: refusal.reason,
  ...(Object.keys(refusal.details).length === 0 ? {} : { details: refusal.details }),
  code: refusal.code,
})

const qualified = (group: string, plural: string): string => (group === '' ? plural : `${plural}.${group}`)

export const notFound = (group: string, plural: string, name: string): Refusal =>
  refuse(404, 'NotFound', `${qualified(group, plural)} "${name}" not found`, { name, group, kind: plural })

export const noSuchPath = (): Refusal => refuse(404, 'NotFound', 'the server could not find the requested resource')

export const expired = (message: string): Refusal => refuse(410, 'Expired', message)

const USER = 'system:serviceaccount:nightcrier:triage'

export function forbidden(at: {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
}): Refusal {
  const [plural = ''] = at.resource.split('/')
  const what = at.name === '' ? qualified(at.group, plural) : `${qualified(at.group, plural)} "${at.name}"`
  const where = at.namespace === '' ? 'at the cluster scope' : `in the namespace "${at.namespace}"`
  return refuse(
    403,
    'Forbidden',
    `${what} is forbidden: User "${USER}" cannot ${at.verb} resource "${at.resource}" in API group "${at.group}" ${where}`,
    { ...(at.name === '' ? {} : { name: at.name }), group: at.group, kind: plural },
  )
}
