import { expect, test } from 'vitest'
import { givenArguments } from '../../../shared/mcp-server/server/given-arguments.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { crashLooping, webPod } from './pods.ts'
import { caller, east, simulated } from './setup.ts'

const schema = {
  properties: {
    name: { type: 'string' },
    limit: { type: 'integer' },
    previous: { type: 'boolean' },
    parameters: { type: 'object' },
    clusters: { type: 'array' },
    labelSelector: { type: 'string' },
  },
  required: ['name'],
}
const taken = (given: unknown) => givenArguments('tool', given, schema)

test.each([
  [undefined, {}],
  [null, {}],
  ['{}', {}],
  [{ name: 'x', limit: null, previous: null }, { name: 'x' }],
  [{ name: 'x', limit: '', labelSelector: ' ' }, { name: 'x' }],
  [{ name: '' }, { name: '' }],
  [{ limit: '10' }, { limit: 10 }],
  [{ previous: 'true' }, { previous: true }],
  [{ parameters: '{"namespace":"shop"}' }, { parameters: { namespace: 'shop' } }],
  [{ clusters: '["a","b"]' }, { clusters: ['a', 'b'] }],
  [{ clusters: 'a, b' }, { clusters: ['a', 'b'] }],
  [{ name: 7, _meta: { progressToken: 1 } }, { name: '7' }],
  [{ name: { kind: 'Pod' } }, { name: '{"kind":"Pod"}' }],
])('%j is taken as %j', (given, wanted) => {
  expect(taken(given)).toEqual(wanted)
})

const many = { properties: { clusters: { type: 'array' } } }
test.each([
  [{ cluster: 'c1' }, { clusters: ['c1'] }],
  [{ cluster: 'c1', clusters: 'c2,c3' }, { clusters: ['c2', 'c3', 'c1'] }],
  [{ cluster: 'c1', clusters: '["c2"]' }, { clusters: ['c2', 'c1'] }],
  [{ cluster: 'c1', clusters: ['c1', 'c2'] }, { clusters: ['c1', 'c2'] }],
  [{ cluster: 'c1', context: 'c2' }, { clusters: ['c1', 'c2'] }],
  [{ cluster: '', context: 'c2' }, { clusters: ['c2'] }],
  [{ cluster: ' ', context: null, clusters: '' }, {}],
  [{ cluster: 7 }, { clusters: ['7'] }],
  [{ clusters: [] }, { clusters: [] }],
])('of a tool that takes many, %j is taken as %j', (given, wanted) => {
  expect(givenArguments('tool', given, many)).toEqual(wanted)
})

const single = { properties: { cluster: { type: 'string' }, context: { type: 'string' } } }
test.each([
  [{ clusters: 'c1' }, { cluster: 'c1' }],
  [{ clusters: ['c1'], cluster: '' }, { cluster: 'c1' }],
  [{ clusters: '', cluster: 'c1' }, { cluster: 'c1' }],
  [{ clusters: null, context: 'c1' }, { context: 'c1' }],
])('of a tool that takes one, %j is taken as %j', (given, wanted) => {
  expect(givenArguments('tool', given, single)).toEqual(wanted)
})

test.each([[{ clusters: 'c1,c2' }], [{ clusters: ['c1'], cluster: 'c2' }], [{ clusters: ['c1'], context: 'c2' }]])(
  'of a tool that takes one, %j is refused',
  (given) => {
    expect(() => givenArguments('tool', given, single)).toThrow(/unknown argument "clusters"/)
  },
)

test.each([[[1]], [7], ['[1]'], ['words']])('%j is refused in one sentence', (given) => {
  expect(() => taken(given)).toThrow(/must be one object/)
})

test.each([
  ['label_selector', /"label_selector", did you mean labelSelector\?.*it takes: name, limit/],
  ['nane', /did you mean name\?/],
  ['completely_else', /unknown argument "completely_else" \(it takes/],
])('an argument nobody knows is refused with the one that was meant', (key, words) => {
  expect(() => taken({ name: 'x', [key]: 'y' })).toThrow(words)
})

test('a call with null for all that may be left out is answered', async () => {
  const { call } = await east({ objects: [webPod('p-1', crashLooping)] })
  const nothing = { cluster: null, context: '', labelSelector: null, fieldSelector: '', limit: '10', continue: null }
  const { text, isError } = await call('pods_list', nothing)
  expect(isError, text).toBe(false)
  expect(text).toContain('CrashLoopBackOff')
})

test('what our own guard refuses is not said to be the cluster’s role', async () => {
  const { call, simulator } = await east({ objects: [] })
  const { text, isError } = await call('resources_list', { apiVersion: 'v1', kind: 'Secret' })
  expect(isError).toBe(true)
  expect(text).toContain('This server refuses it whatever the cluster allows')
  expect(text).not.toContain('role')
  expect(simulator.url).toBeTruthy()
})

test('a tool that takes one cluster or many asks all that are named', async () => {
  const { api } = await simulated({ objects: [] })
  const { call } = await caller({ targets: targetsOf(['c1', 'c2', 'c3'].map((name) => ({ name, api }))) })
  const may = { verb: 'get', resource: 'pods' }
  const counts = async (more: object) => (await call('access_who_can', { ...may, ...more })).structured.counts
  expect(await counts({ cluster: 'c1', context: 'c2' })).toBe('2 ok')
  expect(await counts({ cluster: 'c1', context: 'c2', clusters: 'c3' })).toBe('3 ok')
  expect(await counts({ cluster: 'c1', context: 'c1' })).toBe('1 ok')
})
