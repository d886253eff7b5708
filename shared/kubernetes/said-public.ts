/**
 * What is drawn like a key and made to be shown: what names a version of a thing, an answer or a module's content, the
 * answer to a challenge that anybody may read in DNS, and the public half of a pair.
 */
const publicName = new RegExp(
  `(?:${[
    '\\b(?:etag|if-(?:none-)?match)\\\\?["\']?\\s{0,4}[:=]\\s{0,4}\\\\?["\']?(?:W/\\\\?["\']?)?',
    '\\b(?:x-amz-id-2|(?:host|request|trace|correlation|message)[ _-]?id)\\\\?["\']?\\s{0,4}[:=]\\s{0,4}\\\\?["\']?',
    '\\bpub(?:lic)?[ _-]?key\\\\?["\']?[^\\S\\n]{0,4}[:=][^\\S\\n]{0,4}\\\\?["\']?',
    '\\bh1:',
    '\\b_acme-challenge[\\w.-]{0,250}\\s{1,8}(?:\\d{1,7}\\s{1,8})?(?:IN\\s{1,8})?TXT\\s{1,8}"?',
  ].join('|')})$`,
  'i',
)
const MOST_BEFORE = 300
const isSaidPublic = (text: string, at: number): boolean =>
  publicName.test(text.slice(Math.max(0, at - MOST_BEFORE), at))

/** SSH writes the length and the name of the kind first; the private half begins otherwise. */
function isPublicHalf(token: string): boolean {
  if (!token.startsWith('AAAA')) return false
  const bytes = Buffer.from(token.slice(0, 80), 'base64')
  const name = bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1')
  return /^(?:sk-)?(?:ssh|ecdsa)-[\w@.-]{3,50}$/.test(name)
}

export const isPublic = (token: string, text: string, at: number): boolean =>
  isSaidPublic(text, at) || isPublicHalf(token)
