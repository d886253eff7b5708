import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readSettings } from '../../shared/config/settings.ts'
import { errorText } from '../../shared/runtime/errors.ts'

const Product = z.looseObject({ settings: z.looseObject({ free: z.array(z.string()) }) })

/** What is wrong with NIGHTCRIER_SETTINGS, said here in words: Azure would refuse it too, half a deployment later. */
export function wrongSettings(text: string): string | undefined {
  if (text.trim() === '') return undefined
  const example = `such as '{"SLACK_WEBHOOK_URL":"keyvault:slack"}'`
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return `NIGHTCRIER_SETTINGS is no JSON: it must be one object of settings, ${example}.`
  }
  const parsed = z.record(z.string(), z.string()).safeParse(given)
  if (!parsed.success) return `NIGHTCRIER_SETTINGS must be one object whose values are texts, ${example}.`
  const { free } = Product.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, '../product.json'), 'utf8')),
  ).settings
  const unknown = Object.keys(parsed.data).filter((name) => !free.includes(name))
  if (unknown.length > 0)
    return `NIGHTCRIER_SETTINGS must hold settings of docs/settings.md that the templates do not make; not: ${unknown.join(', ')}.`
  try {
    readSettings(parsed.data)
    return undefined
  } catch (error) {
    return `NIGHTCRIER_SETTINGS: ${errorText(error)}`
  }
}
