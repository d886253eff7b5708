import { constants, gunzipSync, inflateSync } from 'node:zlib'

/** So much of one piece is looked into; beyond that it counts as unread. */
const MAX_DECODED = 64 * 1024
const MAX_UNPACKED = 256 * 1024

/** Base64, also with the alphabet of addresses; and what is all hex and no longer digest. */
/** Letters, digits and what Base64 has beside them. */
const packing = Uint8Array.from({ length: 128 }, (_, code) => Number(/[A-Za-z\d+/_-]/.test(String.fromCharCode(code))))
/** The shorter of the two below. */
const LEAST_RUN = 24
/** Whether a text has a run that is long enough for either: prose has none, and is not searched for them letter by letter. */
export function hasLongRun(text: string): boolean {
  let run = 0
  for (let at = 0; at < text.length; at++) {
    run = packing[text.charCodeAt(at)] === 1 ? run + 1 : 0
    if (run >= LEAST_RUN) return true
  }
  return false
}

export const base64 = /(?<![A-Za-z\d+/=_-])[A-Za-z\d+/_-]{24,}={0,2}(?![A-Za-z\d+/=_-])/g
export const hex = /(?<![A-Za-z\d])(?:0x)?(?:[\da-f]{2}){20,}(?![A-Za-z\d])/gi

/** What a piece of text says once it is decoded and unpacked; `unread` when it says more than can be looked at. */
export function textWithin(piece: string, encoding: 'base64' | 'hex'): string | 'unread' | undefined {
  const bytes =
    encoding === 'base64'
      ? Buffer.from(piece.slice(0, MAX_DECODED), 'base64')
      : Buffer.from(piece.replace(/^0x/i, '').slice(0, MAX_DECODED), 'hex')
  const packed = unpacked(bytes)
  if (packed === 'unread') return packed
  const inside = (packed ?? bytes).toString('utf8')
  // Of what is cut off in the midst of a character, or of a stream, the beginning counts.
  return /\ufffd|[^\P{Cc}\n\r\t]/u.test(inside.slice(0, 200)) ? undefined : inside
}

/** Gzip and zlib, also without their end; undefined when it is neither. */
function unpacked(bytes: Buffer): Buffer | 'unread' | undefined {
  const [first = 0, second = 0] = bytes
  const gzip = first === 0x1f && second === 0x8b
  // The method deflate, and a checksum over both bytes.
  const zlib = (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0
  if (!gzip && !zlib) return undefined
  try {
    const limits = { maxOutputLength: MAX_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH }
    const out = gzip ? gunzipSync(bytes, limits) : inflateSync(bytes, limits)
    return out.length === 0 ? undefined : out
  } catch (error) {
    return error instanceof RangeError ? 'unread' : undefined
  }
}
