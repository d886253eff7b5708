import { gzipSync } from 'node:zlib'
import { Bundle, MAX_BUNDLE_BYTES } from '../../shared/artifacts/bundle.ts'
import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { ResultMessage } from '../../shared/incident/messages.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'

/** Storage answers in milliseconds; a request that takes longer than this has lost its connection. */
const REQUEST_MS = 10_000
/** Pauses between the tries: storage's own busy spells last a second or two. */
const PAUSES = [500, 1_000, 2_000, 4_000] as const

export type PublishDeps = { readonly clock: Clock; readonly fetch: typeof fetch; readonly signal: AbortSignal }

/** Once, and for all: when somebody (an earlier life of ours) has written it already, that one stands. */
export async function uploadBundle(
  deps: PublishDeps,
  job: AgentJob,
  bundle: Bundle,
): Promise<'uploaded' | 'already-there'> {
  const body = gzipSync(JSON.stringify(Bundle.parse(withinSize(bundle))))
  const answer = await send(deps, 'the bundle', job.upload.bundle, {
    method: 'PUT',
    headers: { 'content-type': 'application/gzip', 'x-ms-blob-type': 'BlockBlob', 'if-none-match': '*' },
    body,
  })
  return answer === 'done' ? 'uploaded' : 'already-there'
}

/** https://learn.microsoft.com/rest/api/storageservices/put-message */
export async function sendResult(deps: PublishDeps, job: AgentJob, message: ResultMessage): Promise<void> {
  const url = new URL(job.upload.results)
  if (!url.pathname.endsWith('/messages')) url.pathname = `${url.pathname.replace(/\/$/, '')}/messages`
  const text = Buffer.from(JSON.stringify(message)).toString('base64')
  await send(deps, 'the result message', url.href, {
    method: 'POST',
    headers: { 'content-type': 'application/xml' },
    body: `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>`,
  })
}

async function send(
  deps: PublishDeps,
  what: string,
  url: string,
  request: RequestInit,
): Promise<'done' | 'already-there'> {
  let last = ''
  for (const pause of [0, ...PAUSES]) {
    await deps.clock.sleep(pause, deps.signal)
    try {
      const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(REQUEST_MS)])
      // A redirect would carry the write-once link elsewhere.
      const response = await deps.fetch(url, { ...request, redirect: 'error', signal })
      if (response.ok) return 'done'
      const reply = (await response.text()).slice(0, 300)
      // The status alone says little: 409 is also what an account says that is being moved or archived.
      if (there.test(`${response.headers.get('x-ms-error-code')} ${reply}`)) return 'already-there'
      last = `${response.status} ${response.headers.get('x-ms-error-code') ?? ''}`.trim()
      // A firewall rule that is on its way is ridden out, too.
      const passing = [408, 409, 429].includes(response.status) || last.endsWith(' AuthorizationFailure')
      if (response.status < 500 && !passing) break
    } catch (error) {
      last = errorText(error)
    }
    if (deps.signal.aborted) break
  }
  throw new Error(`Storage did not take ${what}: ${last || 'the time was over'}.`)
}

/** The last is how a link that may only create answers an overwrite. */
const there = /\b(?:BlobAlreadyExists|ConditionNotMet|TargetConditionNotMet|UnauthorizedBlobOverwrite)\b/

/** Whole outputs go first when it is too much: the verdict always gets through. */
function withinSize(bundle: Bundle): Bundle {
  const size = (files: Bundle['files']) =>
    Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text) * 1.2, 0)
  if (size(bundle.files) < MAX_BUNDLE_BYTES) return bundle
  const files = Object.fromEntries(
    Object.entries(bundle.files).filter(([name]) => !name.startsWith('logs/') && name !== 'cluster.yaml'),
  )
  return {
    ...bundle,
    files,
    notes: [
      ...bundle.notes.slice(0, 49),
      'The logs and the snapshot of the cluster were left out: the bundle would have been too large.',
    ],
  }
}
