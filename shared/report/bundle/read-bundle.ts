import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { Bundle, MAX_BUNDLE_BYTES } from '../../artifacts/bundle.ts'
import { EvidenceEntry } from '../../artifacts/evidence.ts'
import { ClusterPermissions } from '../../artifacts/permissions.ts'
import { Verdict } from '../../artifacts/verdict.ts'
import { errorText } from '../../runtime/errors.ts'

export type ReadBundle = {
  readonly bundle: Bundle
  readonly verdict: Verdict | undefined
  readonly evidence: readonly EvidenceEntry[]
  readonly permissions: ClusterPermissions | undefined
  /** What could not be read in it, one sentence each: a broken part never takes the others with it. */
  readonly problems: readonly string[]
}

/** Unpacks what a broker left. Throws only when nothing at all can be read. */
export function readBundle(gzipped: Uint8Array): ReadBundle {
  // The limit stops a bomb: gunzip throws instead of filling memory.
  const text = gunzipSync(gzipped, { maxOutputLength: MAX_BUNDLE_BYTES }).toString('utf8')
  const bundle = Bundle.parse(JSON.parse(text))
  const problems: string[] = []
  const part = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
    const content = bundle.files[file]
    if (content === undefined) return undefined
    try {
      return schema.parse(JSON.parse(content))
    } catch (error) {
      problems.push(`${file} could not be read: ${reason(error)}`.slice(0, 600))
      return undefined
    }
  }
  const evidence: EvidenceEntry[] = []
  const lines = (bundle.files['evidence.jsonl'] ?? '').split('\n').filter((line) => line !== '')
  for (const [index, line] of lines.slice(0, 400).entries()) {
    try {
      evidence.push(EvidenceEntry.parse(JSON.parse(line)))
    } catch (error) {
      problems.push(`evidence.jsonl line ${index + 1} could not be read: ${reason(error)}`.slice(0, 600))
    }
  }
  return {
    bundle,
    verdict: part('verdict.json', Verdict),
    evidence,
    permissions: part('incident_cluster_permissions.json', ClusterPermissions),
    problems,
  }
}

const reason = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues
        .slice(0, 3)
        .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
        .join('; ')
    : errorText(error)
