import { createRedactor } from '../../shared/kubernetes/redact.ts'
import { drawOf } from './secret-shapes.ts'
import { unseenLines } from './unseen-lines.ts'
import { unseenSecrets } from './unseen-secrets.ts'

const lower = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const alphabets: Readonly<Record<string, string>> = {
  a: lower.toUpperCase() + lower + digits,
  b: `${lower.toUpperCase()}${lower}${digits}_-`,
  c: lower.toUpperCase(),
  d: digits,
  l: lower + digits,
  s: `${lower.toUpperCase()}${lower}${digits}+/`,
  u: lower.toUpperCase() + digits,
  x: `${digits}abcdef`,
}

export type UnseenRates = {
  readonly secrets: number
  readonly leaks: readonly string[]
  readonly lines: number
  readonly changed: readonly (readonly [line: string, became: string])[]
}

/** What leaks of lines that nobody wrote a rule for, and what is hidden of lines without a secret. */
export function unseenRates(): UnseenRates {
  const redactor = createRedactor({ key: 'a key of these rates' })
  const leaks = unseenSecrets.filter((line) => {
    const draw = drawOf(line)
    const drawn: string[] = []
    const written = line.replace(/[<{]([abcdlsux])(\d+)[>}]/g, (whole, alphabet: string, length: string) => {
      const piece = draw(Number(length), alphabets[alphabet])
      if (whole.startsWith('<')) drawn.push(piece)
      return piece
    })
    const out = redactor.text(written)
    // A short piece stands in a row with others: it is the long ones that must be gone.
    return drawn.some((piece) => piece.length >= 6 && out.includes(piece.slice(0, 10)))
  })
  const changed = unseenLines.flatMap((line) => {
    const became = redactor.text(line)
    return became === line ? [] : [[line, became] as const]
  })
  return { secrets: unseenSecrets.length, leaks, lines: unseenLines.length, changed }
}
