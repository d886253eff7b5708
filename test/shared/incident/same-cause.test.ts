import { expect, test } from 'vitest'
import { causeOf, leansOn } from '../../../shared/incident/same-cause.ts'

const other = (changes: object) => ({
  owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'files', name: 'uploader' },
  namespace: 'files',
  node: 'n1',
  context: 'Pod cannot be scheduled, message: pod has unbound claims: persistentvolumeclaim "uploads" not found',
  ...changes,
})

test('a cause is read as a report names it', () => {
  expect(causeOf({ rootCause: 'Node/n1 NodeNotReady', outcome: 'cause' })).toEqual({
    kind: 'Node',
    namespace: '',
    name: 'n1',
    class: 'NodeNotReady',
  })
  expect(causeOf({ rootCause: 'PersistentVolumeClaim/files/uploads X', outcome: 'likely' })?.name).toBe('uploads')
  expect(causeOf({ rootCause: 'Node/n1 NodeNotReady', outcome: 'inconclusive' })).toBeUndefined()
})

test.each([
  ['what runs on its node', { kind: 'Node', namespace: '', name: 'n1' }, true],
  ['what runs on another node', { kind: 'Node', namespace: '', name: 'n2' }, false],
  ['what speaks of its claim', { kind: 'PersistentVolumeClaim', namespace: 'files', name: 'uploads' }, true],
  ['a claim of the same name elsewhere', { kind: 'PersistentVolumeClaim', namespace: 'media', name: 'uploads' }, false],
  ['a part of a longer name', { kind: 'PersistentVolumeClaim', namespace: 'files', name: 'load' }, false],
  ['its own workload', { kind: 'Deployment', namespace: 'files', name: 'uploader' }, true],
  ['a neighbour', { kind: 'Deployment', namespace: 'files', name: 'uploads' }, false],
])('%s', (_, cause, expected) => {
  expect(leansOn(other({}), cause)).toBe(expected)
})
