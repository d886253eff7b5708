import { expect, test } from 'vitest'
import { EvidenceEntry } from '../../../shared/artifacts/evidence.ts'
import { verifyEvidence } from '../../../shared/artifacts/verify-evidence.ts'
import { cases } from './cases.ts'
import { onScenario } from './on-scenario.ts'
import { rareCases } from './rare-cases.ts'
import { variedCases } from './varied-cases.ts'

test.each([...cases, ...rareCases, ...variedCases])(
  '$name',
  async ({ objects, logs, access, trigger, blames, outcome }) => {
    const { result, calls } = await onScenario({
      objects,
      ...(logs === undefined ? {} : { logs }),
      ...(access === undefined ? {} : { access }),
      trigger,
    })
    const { verdict } = result
    expect(result.notes).toEqual([])
    const found = verdict?.rootCauses.map((one) => `${one.kind}/${one.namespace}/${one.name} ${one.class}`) ?? []
    expect({ outcome: verdict?.outcome, found: found.toSorted() }, verdict?.headline).toEqual({
      outcome,
      found: blames.toSorted(),
    })
    expect(calls).toBeLessThanOrEqual(60)

    const evidence = (result.files['evidence.jsonl'] ?? '')
      .split('\n')
      .map((line) => EvidenceEntry.parse(JSON.parse(line)))
    const checked = verifyEvidence(verdict!, evidence)
    expect(checked.dropped, 'what the report would take away').toEqual([])
    expect(checked.outcome).toBe(outcome)
  },
)
