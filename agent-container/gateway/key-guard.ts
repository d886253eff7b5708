/** A shorter run of a key's characters may stand anywhere by chance. */
const LEAST_PART = 12
export const HIDDEN_KEY = '‹key›'

export type KeyGuard = {
  /** The text without the key, whole or in part, in any form that a vendor, a proxy or a log writes it in. */
  readonly hide: (text: string) => string
  /** The same for bytes that come in pieces: what could be the beginning of a key waits for the next piece. */
  readonly stream: () => TransformStream<Uint8Array, Uint8Array>
}

/** A vendor may repeat the key that it did not like; nobody behind the gateway ever sees it. */
export function guardKey(key: string): KeyGuard {
  const forms = formsOf(key)
  const longest = Math.max(...forms.map(({ length }) => length))
  const least = Math.min(LEAST_PART, ...forms.map(({ length }) => length))
  const grams = new Set(forms.flatMap((form) => windows(form, least)))

  const hide = (text: string): string => {
    let out = ''
    let from = 0
    for (let at = 0; at + least <= text.length; ) {
      if (!grams.has(text.slice(at, at + least))) {
        at++
        continue
      }
      let end = at + least
      while (end < text.length && grams.has(text.slice(end - least + 1, end + 1))) end++
      out += `${text.slice(from, at)}${HIDDEN_KEY}`
      from = end
      at = end
    }
    return from === 0 ? text : out + text.slice(from)
  }
  return {
    hide,
    stream: () => {
      const decoder = new TextDecoder()
      const encoder = new TextEncoder()
      let held = ''
      return new TransformStream({
        transform(chunk, controller) {
          held += decoder.decode(chunk, { stream: true })
          const keep = unfinished(held, grams, least, longest)
          const ready = hide(held.slice(0, held.length - keep))
          held = held.slice(held.length - keep)
          if (ready !== '') controller.enqueue(encoder.encode(ready))
        },
        flush(controller) {
          const rest = hide(held + decoder.decode())
          if (rest !== '') controller.enqueue(encoder.encode(rest))
        },
      })
    },
  }
}

/** How many of the last characters may belong to a key that goes on in the next piece. */
function unfinished(text: string, grams: ReadonlySet<string>, least: number, longest: number): number {
  let run = 0
  while (run < longest && grams.has(text.slice(-least - run, run === 0 ? undefined : -run))) run++
  if (run > 0) return Math.min(text.length, least + run - 1)
  const heads = [...grams]
  for (let length = Math.min(least - 1, text.length, longest); length > 0; length--) {
    const tail = text.slice(-length)
    if (heads.some((gram) => gram.startsWith(tail))) return length
  }
  return 0
}

const windows = (text: string, size: number): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) => text.slice(at, at + size))

/** As it is, percent-encoded, JSON-escaped, and in Base64 at each of the three places where it may begin. */
function formsOf(key: string): readonly string[] {
  const encoded = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.from(`${'\0'.repeat(shift)}${key}`).toString('base64')
    // What stands before and behind the key colours the characters at both ends.
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')].map((one) =>
      one.replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -1),
    )
  })
  const hex = Buffer.from(key).toString('hex')
  return [...new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1), hex, ...encoded])].filter(
    ({ length }) => length >= 6,
  )
}
