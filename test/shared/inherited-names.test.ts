import { describe, expect, test } from 'vitest'
import { holds, matchesLabels } from '../../agent-container/diagnose/snapshot/selectors.ts'
import { changedFields } from '../../shared/cluster/changes/fields.ts'
import { faultClass, isDetected } from '../../shared/faults/fault-class.ts'
import { foreignDoor } from '../../shared/kubernetes/foreign-door.ts'
import { kindOfWord } from '../../shared/kubernetes/kind-words.ts'
import { createRedactor } from '../../shared/kubernetes/redact.ts'
import { faultForAsk } from '../../shared/triage/ask.ts'

const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__']

describe.each(names)('a thing that is called %s, as every object inherits something', (name) => {
  test('is a word like any other where words are looked up', () => {
    expect(faultClass(name)).toBe(name.toLowerCase())
    expect(isDetected(name)).toBe(false)
    expect(kindOfWord(name)).toBeUndefined()
    const asked = { cluster: 'c', kind: name, namespace: name, name }
    expect(faultForAsk(asked, new Date(0)).resource.apiVersion).toBe('v1')
  })

  test('is no label unless it is there', () => {
    expect(matchesLabels({ [name]: 'x' }, {})).toBe(false)
    expect(holds({ key: name, operator: 'Exists', values: [] }, {})).toBe(false)
    expect(holds({ key: name, operator: 'DoesNotExist', values: [] }, {})).toBe(true)
  })

  test('is told as new where it was not before, and stays in what is redacted', () => {
    const after = JSON.parse(`{"data":{"${name}":"x"}}`)
    expect(changedFields({ data: {} }, after)).toEqual([{ path: `data.${name}`, before: undefined, after: 'x' }])
    const redactor = createRedactor({ key: 'a key of sixteen bytes at least' })
    for (const seen of [redactor.value(after), foreignDoor(redactor).clear(after)])
      expect(JSON.stringify(seen)).toBe(JSON.stringify(after))
  })
})
