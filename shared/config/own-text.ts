import { z } from 'zod'

/** What a text of one's own may speak of. */
export const ownTextNames = [
  'event',
  'effect',
  'cause',
  'headline',
  'cluster',
  'environment',
  'namespace',
  'resource',
  'severity',
  'harm',
  'since',
  'confidence',
  'owner',
  'incident',
] as const
type Values = Readonly<Record<(typeof ownTextNames)[number], string>>

const name = /\{([^{}]*)\}/g
const isKnown = (text: string): text is keyof Values => ownTextNames.some((one) => one === text)

/** Refused where it is written, so that no notice is ever lost for a word that nobody knows. */
export const OwnText = z
  .string()
  .min(1)
  .max(300)
  .superRefine((text, context) => {
    const wrong = [...text.matchAll(name)].flatMap(([, one = '']) => (isKnown(one) ? [] : [one]))
    const rest = text.replace(name, '')
    if (wrong.length > 0)
      context.addIssue({
        code: 'custom',
        message: `has {${wrong[0]?.slice(0, 40)}}, which is none of ${ownTextNames.map((one) => `{${one}}`).join(', ')}`,
      })
    else if (/[{}]/.test(rest)) context.addIssue({ code: 'custom', message: 'has a brace without its other' })
    else if (rest === text)
      context.addIssue({ code: 'custom', message: 'says the same of every incident: name at least {effect}' })
  })

/** With every value in its place; what has none leaves no gap. */
export const fill = (text: string, values: Values): string =>
  text.replace(name, (_, one: string) => (isKnown(one) ? values[one] : '')).replace(/ {2,}/g, ' ')
