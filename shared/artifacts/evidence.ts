import { z } from 'zod'

/** One line of `evidence.jsonl`: a call to the cluster as the broker made it, with what came back after redaction. */
export const EvidenceEntry = z.strictObject({
  /** `e1`, `e2`, … in the order of the calls. */
  id: z.string().regex(/^e\d{1,4}$/),
  at: z.iso.datetime(),
  cluster: z.string(),
  /** A tool's name, or `get`/`list`/`log` for the rules' own reads. */
  tool: z.string().max(100),
  arguments: z.record(z.string(), z.unknown()),
  /** The HTTP status of the cluster's answer; 0 when none came. */
  status: z.number().int(),
  milliseconds: z.number().nonnegative(),
  /** Of the redacted output before it was cut. */
  sha256: z.string().length(64),
  bytes: z.number().int().nonnegative(),
  truncated: z.boolean(),
  output: z.string().max(64 * 1024),
})
export type EvidenceEntry = z.infer<typeof EvidenceEntry>

/**
 * A quote counts only if it stands, letter for letter (white space folded), in the output of the entry it names. With
 * `absent` the quote is a path, such as `spec.template.spec.tolerations`, and counts only if the entry holds one whole
 * object in which nothing stands there.
 */
export const Citation = z.strictObject({
  id: z.string().regex(/^e\d{1,4}$/),
  quote: z.string().min(1).max(1000),
  absent: z.literal(true).optional(),
})
export type Citation = z.infer<typeof Citation>
