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

/** The text of anything thrown, with its causes, cut to 500 characters so that a foreign error page cannot flood a log. */
export function errorText(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at !== undefined && parts.length < 5; at = at instanceof Error ? at.cause : undefined) {
    const text = at instanceof Error ? at.message || at.name : String(at)
    if (!parts.includes(text)) parts.push(text)
  }
  const text = parts.join(': ')
  return text.length <= 500 ? text : `${text.slice(0, 499)}…`
}
