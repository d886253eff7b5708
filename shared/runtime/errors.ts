/** Come back later: thrown to the queue, which delivers the message again after its visibility time. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
}

/** It will never work: recorded and told once, not tried again. The message is one sentence with the remedy. */
export class GiveUp extends Error {
  override readonly name = 'GiveUp'
}

/** Storage looked at this very row or blob and does not take it, now or later: it says nothing of any other. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** Of a host with several addresses Node tells each attempt beside an empty message. */
const attempts = (error: Error): string =>
  error instanceof AggregateError && error.errors.length > 0
    ? error.errors.slice(0, 4).map(errorText).join(', ')
    : error.name

/** Storage did not do what it was asked: one sentence that names the thing and the remedy, fit for whoever waits for it. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure'
}

/** The text of anything thrown, with its causes, cut to 500 characters so that a foreign error page cannot flood a log. */
export function errorText(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at !== undefined && parts.length < 5; at = at instanceof Error ? at.cause : undefined) {
    const text = at instanceof Error ? at.message || attempts(at) : String(at)
    // The platform's own word for "see the cause".
    const says = !(text === 'fetch failed' && at instanceof Error && at.cause !== undefined)
    if (says && !parts.includes(text)) parts.push(text)
  }
  const text = parts.join(': ')
  return text.length <= 500 ? text : `${text.slice(0, 499)}…`
}
