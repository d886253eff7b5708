import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { composeReport } from '../../../../shared/report/bundle/compose.ts'
import { readBundle } from '../../../../shared/report/bundle/read-bundle.ts'
import { evidence, incident, verdict } from '../sample.ts'

const now = new Date('2026-01-12T09:41:08.000Z')
const usage = { apiCalls: 9, toolCalls: 0, model: '', turns: 0, inputTokens: 0, outputTokens: 0, seconds: 2 }
const bundle = (files: Record<string, string>) =>
  gzipSync(
    JSON.stringify({
      version: 1,
      incidentId: incident().incidentId,
      fence: 1,
      ended: 'completed',
      notes: [],
      usage,
      redactions: {},
      injectionFlags: [],
      files,
    }),
  )
const result = (ended: 'completed' | 'failed' | 'timeout' | 'lost' | 'not-started', reason?: string) =>
  ({ version: 1, incidentId: incident().incidentId, fence: 1, ended, reason }) as const

describe('composeReport', () => {
  test('a whole bundle gives a report with the checked verdict and the seconds of each phase', () => {
    const read = readBundle(
      bundle({
        'verdict.json': JSON.stringify(verdict()),
        'evidence.jsonl': evidence.map((one) => JSON.stringify(one)).join('\n'),
      }),
    )
    const report = composeReport({ incident: incident(), result: result('completed'), read, problem: undefined, now })
    expect(report.outcome).toBe('cause')
    expect(report.phases).toEqual([
      { name: 'detect', seconds: 2 },
      { name: 'queue', seconds: 2 },
      { name: 'start and publish', seconds: 4 },
      { name: 'investigate', seconds: 2 },
    ])
  })

  test('without any bundle there is still a report, which says what is missing', () => {
    const report = composeReport({
      incident: incident(),
      result: result('lost', 'no trace'),
      read: undefined,
      problem: undefined,
      now,
    })
    expect(report.outcome).toBe('evidence-only')
    expect(report.headline).toBe('web crash loop: no cause found')
    expect(report.notes).toEqual(['The agent vanished without a result: no trace'])
  })

  test('a broken verdict leaves the evidence standing', () => {
    const read = readBundle(
      bundle({ 'verdict.json': '{"version":1}', 'evidence.jsonl': `${JSON.stringify(evidence[0])}\nnot json` }),
    )
    const report = composeReport({ incident: incident(), result: result('completed'), read, problem: undefined, now })
    expect(report.outcome).toBe('evidence-only')
    expect(report.evidence).toHaveLength(1)
    expect(report.notes.join(' ')).toMatch(/evidence\.jsonl line 2 could not be read.*verdict\.json could not be read/)
  })

  test('a bundle that would unpack to more than it may is refused', () => {
    expect(() => readBundle(gzipSync(Buffer.alloc(17 * 1024 * 1024)))).toThrow(/larger than/i)
  })
})
