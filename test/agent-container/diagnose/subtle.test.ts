import { expect, test } from 'vitest'
import { memoryRun } from '../../simulator/memory-run.ts'
import { readPlaced, scenariosFolder } from '../../simulator/sets.ts'

const scenario = (name: string) => readPlaced(`${scenariosFolder}train/${name}`)

test('a cause three steps away is found', { timeout: 60_000 }, async () => {
  expect((await memoryRun(scenario('configmap/stops-three-in-a-row'))).missed).toEqual([])
})

test('a policy that says nothing of its types closes the way out when it has rules for it', {
  timeout: 60_000,
}, async () => {
  const written = scenario('networkpolicy/egress-port-closed')
  const objects = written.objects.map((object) => {
    if (object.kind !== 'NetworkPolicy') return object
    const { policyTypes: _, ...spec } = object.spec
    return { ...object, spec }
  })
  expect((await memoryRun({ ...written, objects })).missed).toEqual([])
})
