import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Manifest } from '../kubernetes/install-reader.ts'

const folder = new URL('../../infra/kubernetes/', import.meta.url)
const Known = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})

/** What a cluster needs for us to read it: the same files that people apply by hand. */
export function readerManifests(withSecrets: boolean): {
  readonly text: string
  readonly objects: readonly Manifest[]
} {
  const files = ['namespace.yaml', 'reader.yaml', ...(withSecrets ? ['secrets-access.yaml'] : [])]
  const text = files.map((file) => readFileSync(new URL(file, folder), 'utf8').trimEnd()).join('\n---\n')
  return { text, objects: parseAllDocuments(text).map((document) => Known.parse(document.toJS())) }
}
