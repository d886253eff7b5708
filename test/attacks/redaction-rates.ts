import { createRedactor } from '../../shared/kubernetes/redact.ts'
import { derivedId } from '../../shared/runtime/ids.ts'
import { normalLines } from './normal-lines.ts'
import { drawOf, secretCarriers, secretShapes } from './secret-shapes.ts'

/** So many characters in a row of a secret are a leak. */
const LEAK = 10

export type RedactionRates = {
  readonly shapes: number
  readonly carriers: number
  readonly tries: number
  /** Of all tries; and of the half that nobody looks at while rules are written, only counted. */
  readonly hidden: number
  readonly hiddenUnseen: number
  readonly lines: number
  readonly changed: number
  /** Names of what leaked in the half that may be looked at. */
  readonly leaks: readonly string[]
  readonly falselyHidden: readonly (readonly [line: string, became: string])[]
}

const shows = (text: string, secret: string): boolean => {
  if (secret.length <= LEAK) return text.includes(secret)
  for (let at = 0; at + LEAK <= secret.length; at++) if (text.includes(secret.slice(at, at + LEAK))) return true
  return false
}

export function redactionRates(): RedactionRates {
  const redactor = createRedactor({ key: 'a key of these rates' })
  const leaks: string[] = []
  let tries = 0
  let unseen = 0
  let leaked = 0
  let leakedUnseen = 0
  for (const shape of secretShapes) {
    for (const [name, carry] of Object.entries(secretCarriers)) {
      const [text, secret] = shape.write(drawOf(`${shape.id} ${name}`))
      const carried = carry(text)
      const out = typeof carried === 'string' ? redactor.text(carried) : JSON.stringify(redactor.value(carried))
      // By a digest, so that neither half has a way of writing of its own.
      const isUnseen = derivedId(4, shape.id) < '8000'
      tries += 1
      if (isUnseen) unseen += 1
      if (!shows(out, secret)) continue
      leaked += 1
      if (isUnseen) leakedUnseen += 1
      else leaks.push(`${shape.id} in ${name}`)
    }
  }
  const falselyHidden = normalLines.flatMap((line) => {
    const became = redactor.text(line)
    return became === line ? [] : [[line, became] as const]
  })
  return {
    shapes: secretShapes.length,
    carriers: Object.keys(secretCarriers).length,
    tries,
    hidden: 1 - leaked / tries,
    hiddenUnseen: 1 - leakedUnseen / unseen,
    lines: normalLines.length,
    changed: falselyHidden.length / normalLines.length,
    leaks,
    falselyHidden,
  }
}
