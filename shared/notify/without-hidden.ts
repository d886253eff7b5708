/** Control characters but line ends and tabs, and those that turn the direction of what follows or cannot be seen. */
const hidden = /[^\P{Cc}\n\t]|[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

/**
 * The same with all its texts as they look: names and messages come from clusters, and nobody may make a command or an
 * address read differently from what it is.
 */
export const withoutHidden = <T extends object>(notice: T): T =>
  JSON.parse(
    JSON.stringify(notice, (_, value: unknown) => (typeof value === 'string' ? value.replace(hidden, '') : value)),
  )
