import { z } from 'zod'
import { Usage } from './verdict.ts'

/** A file, or one in a folder; no segment leads elsewhere, for the list's page lies one above. */
const fileName = /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}$)[\w.-]+)?$/

/**
 * What a broker leaves behind, written once as its last act: gzipped JSON in blob `bundles/{incidentId}/{fence}.json.gz`.
 * `files` may hold cluster.yaml (what was read, redacted, to run it again), verdict.json, investigation.md, evidence.jsonl, incident_cluster_permissions.json, prompt-sent.md and logs/*.
 */
export const Bundle = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  fence: z.number().int(),
  ended: z.enum(['completed', 'failed', 'timeout']),
  notes: z.array(z.string().max(600)).max(50),
  usage: Usage,
  redactions: z.record(z.string(), z.number().int()),
  injectionFlags: z.array(z.string().max(300)).max(50),
  files: z.record(z.string().regex(fileName), z.string()),
})
export type Bundle = z.infer<typeof Bundle>

/** Unpacked; an agent's evidence is cut well below this. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024
