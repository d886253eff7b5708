import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'

/** What takes secrets out; handed in, so that one process has one key for its pseudonyms. */
export type Redact = {
  readonly object: (object: KubeObject) => KubeObject
  readonly text: (text: string) => string
}

const KubeShape = z.custom<KubeObject>(
  (value) =>
    z
      .looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) })
      .safeParse(value).success,
)
/** Deeper values do not come from Kubernetes, whose own limit for custom objects is lower. */
const MAX_DEPTH = 64

/** Everything in a value that leaves: objects by what their fields mean, all other texts by their shape. */
export function redactAll(redact: Redact, value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(redact.text(value))
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return null
  if (Array.isArray(value)) return value.map((item) => redactAll(redact, item, depth + 1))
  const object = KubeShape.safeParse(value)
  if (object.success) return cleanAll(redact.object(object.data), depth)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactAll(redact, item, depth + 1)]))
}

function cleanAll(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return null
  if (Array.isArray(value)) return value.map((item) => cleanAll(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanAll(item, depth + 1)]))
}

const esc = String.fromCharCode(27)
const colours = new RegExp(`${esc}\\[[0-9;?]*[A-Za-z]`, 'g')
/** Control characters but line feed and tab, and the marks that turn the reading direction. */
const hidden = /[^\P{Cc}\n\t]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** What a cluster wrote, without what a terminal or a reader would obey. */
export const cleanText = (text: string): string => text.replace(colours, '').replace(hidden, '')
