import { z } from 'zod'
import type { Client } from './client.ts'
import { lined, type Output, plain } from './terminal.ts'

const Step = z.looseObject({
  title: z.string(),
  command: z.string().optional(),
  changesState: z.boolean(),
  verify: z.string().default(''),
  rollback: z.string().default(''),
})
const Cause = z.looseObject({
  class: z.string(),
  summary: z.string(),
  confidence: z.string(),
  evidence: z.array(z.looseObject({ id: z.string(), quote: z.string() })).default([]),
})
/** What a report says to whoever reads it in a terminal: one of another version may say more. */
const ShownReport = z.looseObject({
  headline: z.string(),
  outcome: z.string(),
  notes: z.array(z.string()).default([]),
  incident: z.looseObject({ cluster: z.string(), namespace: z.string().default(''), firstSeen: z.string() }),
  verdict: z
    .looseObject({
      rootCauses: z.array(Cause).default([]),
      remedies: z.array(Step).default([]),
      impact: z.looseObject({ summary: z.string() }),
      timeline: z.array(z.looseObject({ at: z.string(), kind: z.string(), text: z.string() })).default([]),
      gaps: z.array(z.looseObject({ what: z.string(), why: z.string() })).default([]),
    })
    .optional(),
})
export type ShownReport = z.infer<typeof ShownReport>

export const readReport = (client: Client, id: string): Promise<ShownReport> =>
  client.get(`incidents/${encodeURIComponent(id)}/report`, ShownReport)

export function causeLines({ verdict, notes }: ShownReport): readonly string[] {
  if (verdict === undefined) return [`not investigated: ${plain(notes[0] ?? 'nobody could look at it')}`]
  return verdict.rootCauses.map((one) => plain(`${one.summary} (${one.class}, ${one.confidence} confidence)`))
}

export function stepLines({ verdict }: ShownReport, { colors }: Output): readonly string[] {
  return (verdict?.remedies ?? []).flatMap(({ title, command, changesState, verify, rollback }, at) => [
    `${at + 1}. ${plain(title)} (${changesState ? colors.red('changes state') : 'read-only'})`,
    ...(command === undefined ? [] : lined(command).map((line) => `   ${line}`)),
    ...(changesState ? [colors.dim(`   check: ${plain(verify)}`), colors.dim(`   undo:  ${plain(rollback)}`)] : []),
  ])
}
