import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { EvidenceEntry } from '../../../../shared/artifacts/evidence.ts'
import type { Feedback } from '../../../../shared/artifacts/feedback.ts'
import { Verdict } from '../../../../shared/artifacts/verdict.ts'
import { composeReport } from '../../../../shared/report/bundle/compose.ts'
import { scenarioOf } from '../../../../shared/report/scenario/scenario-of.ts'
import { onScenario } from '../../../agent-container/diagnose/on-scenario.ts'
import { readScenario } from '../../../simulator/scenario.ts'
import { entry, evidence, incident, verdict } from '../sample.ts'

const out = mkdtempSync(join(tmpdir(), 'nightcrier-replay-'))
afterAll(() => rmSync(out, { recursive: true }))
const root = join(import.meta.dirname, '../../../scenarios/train')

const none: Feedback = { version: 1, incidentId: 'x', entries: [] }
const said = (...entries: Partial<Feedback['entries'][number]>[]): Feedback => ({
  ...none,
  entries: entries.map((one) => ({
    id: 'a',
    at: '2026-01-12T10:00:00Z',
    answer: 'right',
    cause: '',
    comment: '',
    by: '',
    ...one,
  })),
})
const report = (found: Verdict | undefined) => {
  const whole = composeReport({
    incident: incident({ status: 'reported' }),
    result: { version: 1, incidentId: 'x', fence: 1, ended: 'completed' },
    read: undefined,
    problem: undefined,
    now: new Date('2026-01-12T09:41:08Z'),
  })
  return { ...whole, ...(found === undefined ? {} : { verdict: found }) }
}
const filesOf = (
  feedback = none,
  entries: readonly EvidenceEntry[] = evidence,
  found: Verdict | undefined = verdict(),
) =>
  scenarioOf({
    report: report(found),
    cluster: '# Picture taken at 2026-01-12T09:41:00Z\n',
    evidence: entries,
    feedback,
  })
const expectation = (feedback: Feedback, found?: Verdict) =>
  parse(filesOf(feedback, evidence, found)['expect.yaml'] ?? '')

describe('an exported incident', () => {
  // One of each sort; `npm run scenario` on an exported folder does it with any.
  const folders = [
    'deployment/bad-command',
    'deployment/image-tag-missing',
    'deployment/memory-limit-too-low',
    'node/not-ready',
  ]

  test.each(folders)('%s is replayed to the same cause', async (name) => {
    const scenario = readScenario(join(root, name))
    const about = scenario.expect?.rootCause == null ? [] : [scenario.expect.rootCause]
    const first = await onScenario({ read: scenario, trigger: scenario.expect?.trigger, about })
    const { files } = first.result
    const found = Verdict.parse(JSON.parse(files['verdict.json'] ?? ''))
    const lines = (files['evidence.jsonl'] ?? '').split('\n').map((line) => EvidenceEntry.parse(JSON.parse(line)))
    const exported = scenarioOf({
      report: { ...report(found), incident: first.incident },
      cluster: files['cluster.yaml'] ?? '',
      evidence: lines,
      feedback: said({ answer: 'right' }),
    })
    const folder = join(out, name)
    for (const [file, text] of Object.entries(exported)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    const again = readScenario(folder)
    const second = await onScenario({ read: again, trigger: again.expect?.trigger })
    const causes = (result: typeof first.result) =>
      result.verdict?.rootCauses.map((one) => `${one.kind}/${one.namespace}/${one.name} ${one.class}`)
    expect(causes(second.result)).toEqual(causes(first.result))
    expect(again.expect?.rootCauses).toMatchObject(found.rootCauses.map(({ kind, name: of }) => ({ kind, name: of })))
  })
})

describe('what people said becomes the label', () => {
  const trigger = { kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m' }
  const web = { kind: 'Deployment', namespace: 'shop', name: 'web', class: 'BadCommand' }

  test('nothing said: only where it was seen, never the own answer', () => {
    expect(expectation(none)).toEqual({ trigger })
  })

  test('right: the causes that were named', () => {
    expect(expectation(said({ answer: 'right' }))).toMatchObject({ trigger, rootCauses: [web] })
  })

  test('wrong: what was blamed must not be blamed again', () => {
    const label = expectation(said({ answer: 'wrong', cause: 'the new firewall rule' }))
    expect(label).toMatchObject({ mustNotBlame: ['Deployment/shop/web'] })
    expect(label.rootCause).toBeUndefined()
    expect(label.feedback[0].cause).toBe('the new firewall rule')
  })

  test('wrong with the real cause as an object: that is the measure', () => {
    expect(expectation(said({ answer: 'wrong', cause: 'Node//worker-2 DiskPressure' }))).toMatchObject({
      rootCause: { kind: 'Node', namespace: '', name: 'worker-2', class: 'DiskPressure' },
      mustNotBlame: ['Deployment/shop/web'],
    })
  })

  test('wrong only in the class: the object is not forbidden', () => {
    expect(expectation(said({ answer: 'wrong', cause: 'Deployment/shop/web MissingConfig' }))).toMatchObject({
      rootCause: { class: 'MissingConfig' },
      mustNotBlame: [],
    })
  })

  test('the last word counts', () => {
    expect(expectation(said({ answer: 'wrong' }, { answer: 'right' }))).toMatchObject({ rootCauses: [web] })
  })

  test('right that nothing is wrong: there is no cause to find', () => {
    const well = { ...report(verdict({ rootCauses: [] })), outcome: 'none' as const }
    const files = scenarioOf({ report: well, cluster: '', evidence, feedback: said({ answer: 'right' }) })
    expect(parse(files['expect.yaml'] ?? '')).toMatchObject({ rootCause: null })
  })
})

describe('the folder', () => {
  test('has the logs where the simulator looks for them', () => {
    const asked = { namespace: 'shop', pod: 'web-1', container: 'app' }
    const files = filesOf(none, [
      { ...entry('e1', 'last words', { ...asked, previous: true }), tool: 'log' },
      { ...entry('e2', 'now', { ...asked, previous: false }), tool: 'log' },
    ])
    expect(files['logs/shop/web-1/app.previous.log']).toBe('last words')
    expect(files['logs/shop/web-1/app.log']).toBe('now')
  })

  test('denies what was denied', () => {
    const files = filesOf(none, [
      entry('e1', 'no', { kind: 'NetworkPolicy', namespace: 'shop' }, 403),
      { ...entry('e2', 'no', { kind: 'Pod', namespace: 'shop' }, 403), tool: 'log' },
    ])
    expect(parse(files['access.yaml'] ?? '')).toEqual([
      { verb: 'get', resource: 'networkpolicies', namespace: 'shop' },
      { verb: 'get', resource: 'pods/log', namespace: 'shop' },
    ])
  })

  test('holds no path that leads out of it', () => {
    const hostile = { namespace: '..', pod: '../../etc', container: 'x', previous: false }
    const files = filesOf(none, [{ ...entry('e1', 'x', hostile), tool: 'log' }])
    expect(Object.keys(files).filter((file) => file.startsWith('logs/'))).toEqual([])
  })
})
