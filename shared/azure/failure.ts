import { systemClock } from '../runtime/clock.ts'
import { Refused, StorageFailure } from '../runtime/errors.ts'
import { own } from '../runtime/own.ts'

/** The HTTP status of a refusal by any of Azure's libraries, which share no class. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined
}

/**
 * The service's own word for it, such as `SecretNotFound`; empty when it gave none. A status alone says little: 409 is
 * "there already" as well as "being deleted". Tables and requests without a body say it in a header only.
 */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  const details = 'details' in error ? error.details : undefined
  if (typeof details !== 'object' || details === null) return ''
  return 'errorCode' in details && typeof details.errorCode === 'string' ? details.errorCode : ''
}

/** Signs that our clock and the service's disagree, or that a token was taken back. */
const clocks = /signature not valid in the specified key time ?frame|lifetime validation failed|token is expired/i
/** The service refuses a signature of a quarter of an hour ago; what is below this is the way of an answer. */
const CLOCKS_APART_MS = 2 * 60_000
const full = /no space left|ENOSPC|disk (?:is )?full/i

type Answered = { readonly headers?: { readonly get?: (name: string) => unknown }; readonly bodyAsText?: unknown }
/** What the libraries keep of the answer beside their own message. */
function answerOf(error: unknown): { readonly date: string; readonly body: string } {
  const given = error instanceof Error && 'response' in error ? error.response : undefined
  if (typeof given !== 'object' || given === null) return { date: '', body: '' }
  const { headers, bodyAsText }: Answered = given
  const date = headers?.get?.('date')
  return { date: typeof date === 'string' ? date : '', body: typeof bodyAsText === 'string' ? bodyAsText : '' }
}

/** A refusal of who we are whose reason is the time: both times, so that one is seen to be wrong. */
function ofClocks(status: number, text: string, date: string): string | undefined {
  if (status !== 401 && status !== 403) return undefined
  const ours = systemClock.now()
  const apart = Math.abs(ours.getTime() - Date.parse(date)) > CLOCKS_APART_MS
  if (!apart && !clocks.test(text)) return undefined
  const times = date === '' ? '' : ` (storage: ${date}, this machine: ${ours.toUTCString()})`
  return `Our clock or our token is not the service’s: compare the clocks${times}`
}

/** What storage refused, in one sentence that names the thing and the party. */
export function storageFailure(what: string, error: unknown): Error {
  const status = statusOf(error)
  if (error instanceof Refused) return error
  if (status === undefined) {
    const gone = error instanceof Error && /abort|timeout/i.test(error.name)
    const why = gone ? 'it gave no answer in time' : said(error)
    return new StorageFailure(`Storage did not ${what}: ${why}`)
  }
  const code = codeOf(error)
  const { date, body } = answerOf(error)
  const text = `${said(error)} ${body}`
  const noRoom = status === 507 || (status >= 500 && full.test(text))
  const remedy = noRoom
    ? 'The disk of this storage is full: make room'
    : (own(remedies, code) ?? ofClocks(status, text, date) ?? '')
  const Kind = tooMuch.includes(status) ? Refused : StorageFailure
  return new Kind(`Storage did not ${what}: ${[status, code].join(' ').trim()}${remedy === '' ? '' : `. ${remedy}`}`)
}

/** Bad or too large as it is. */
const tooMuch: readonly number[] = [400, 413]

const remedies: Readonly<Record<string, string>> = {
  TableNotFound: 'The table is missing: restart the app, which makes it',
  ContainerNotFound: 'The container is missing: restart the app, which makes it',
  QueueNotFound: 'The queue is missing: restart the app, which makes it',
  QueueBeingDeleted: 'The queue is being deleted: wait a minute, or undo that',
  LeaseIdMissing: 'Somebody holds a lease on it: break the lease',
  BlobArchived: 'A lifecycle rule moved it to the archive tier: rehydrate it, which takes hours',
  BlobBeingRehydrated: 'It is being brought back from the archive tier, which takes hours',
  AuthorizationFailure: 'The firewall of the storage account refuses this app: let its network in',
  AuthorizationPermissionMismatch: 'The identity of this app has no data role on the storage account: give it one',
}

/** The connection's own reasons, too: Node gives an empty message when all addresses of a host failed. */
function said(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map((one) => said(one)).join(', ')
  if (!(error instanceof Error)) return String(error)
  const own = error.message.split('\n')[0]?.slice(0, 300) ?? ''
  if (own !== '') return own
  return error.cause === undefined ? error.name : said(error.cause)
}
