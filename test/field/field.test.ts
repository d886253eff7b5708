import { expect, test } from 'vitest'
import { detectFaults } from '../../shared/faults/detect.ts'
import { builtinKinds } from '../../shared/kubernetes/builtin-kinds.ts'
import { type FieldFault, manifestOf, readFaults } from './fault-file.ts'
import { fieldTable, isOf, judgeField, type Told } from './judge-field.ts'
import { wordsOf } from './kubectl.ts'

const faults = readFaults(new Map())
const named = (name: string): FieldFault => faults.find((one) => one.name === name)!
const told = (rootCause: string, text = '', namespace = 'field-bad-command'): Told => ({
  incidentId: 'kind.0123456789abcdef.1',
  namespace,
  status: 'reported',
  outcome: 'cause',
  rootCause,
  secondsToIncident: 4.2,
  secondsToReport: 11.6,
  text,
})

test('there are at least forty faults, and controls', () => {
  expect(faults.filter(({ healthy }) => !healthy).length).toBeGreaterThanOrEqual(40)
  expect(faults.filter(({ healthy }) => healthy).length).toBeGreaterThanOrEqual(5)
})

test.each(faults)('$name is of known kinds, names its truth and has nothing outside its namespace', (fault) => {
  for (const { apiVersion, kind, metadata } of fault.objects) {
    const place = builtinKinds.get(`${apiVersion} ${kind}`)
    expect(place, `${apiVersion} ${kind}`).toBeDefined()
    if (kind === 'Namespace') expect(metadata.name).toBe(fault.namespace)
    else expect(place?.namespaced).toBe(true)
  }
  expect(fault.namespace.length).toBeLessThanOrEqual(63)
  expect(fault.healthy === true || fault.rootCause !== undefined).toBe(true)
  expect(manifestOf(fault)).toContain(`namespace: ${fault.namespace}`)
})

test.each(faults)('$name selects its own pods', ({ objects }) => {
  for (const { kind, spec } of objects) {
    if (!['Deployment', 'DaemonSet'].includes(kind)) continue
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
    for (const { volumeMounts = [] } of spec.template.spec.containers)
      for (const { name } of volumeMounts)
        expect(spec.template.spec.volumes.map((one: { name: string }) => one.name)).toContain(name)
  }
})

test('what is applied shows no fault before the cluster has tried it', () => {
  const objects = faults.flatMap((fault) => fault.objects)
  expect(
    detectFaults({ cluster: 'field', objects: objects.filter(({ kind }) => kind === 'Deployment') }, new Date()),
  ).toEqual([])
})

test('another image takes the place of one, but not of a tag that must not exist', () => {
  const other = readFaults(new Map([['busybox', 'mirror.example/busybox:1']]))
  const text = (name: string) => JSON.stringify(other.find((one) => one.name === name)?.objects)
  expect(text('bad-command')).toContain('mirror.example/busybox:1')
  expect(text('image-tag-missing')).toContain('busybox:does-not-exist-2.31')
})

test.each([
  ['right', [told('Deployment/field-bad-command/cart BadCommand', 'exec: "/app/srver"')]],
  ['partly', [told('Deployment/field-bad-command/cart BadCommand')]],
  ['partly', [told('', 'exec: "/app/srver"')]],
  ['wrong', [told('Node/n1 NodeNotReady')]],
  ['missed', []],
] as const)('an answer is %s', (judgement, all) => {
  expect(judgeField(named('bad-command'), all)).toBe(judgement)
})

test('a control is quiet or a false alarm, and a cluster-wide object is found by its name', () => {
  expect(judgeField(named('completed-job'), [])).toBe('quiet')
  expect(judgeField(named('completed-job'), [told('')])).toBe('false alarm')
  const cause = told('PriorityClass//field-business-critical MissingPriorityClass', '', '')
  expect(isOf(named('priority-class-missing'), cause)).toBe(true)
  expect(isOf(named('bad-command'), cause)).toBe(false)
})

test('a row of the table is one line, whatever was said', () => {
  const row = { fault: named('bad-command'), all: [told('a|b')], judgement: 'wrong', resolvedSeconds: 71 } as const
  expect(fieldTable([row]).split('\n')[2]).toBe('| bad-command | 4 | 12 | cause, a/b | 1 | 71 | wrong |')
})

test('a repair is parted as a shell would', () => {
  expect(wordsOf(`patch svc a -p='{"spec":{"x":"y z"}}'`)).toEqual(['patch', 'svc', 'a', '-p={"spec":{"x":"y z"}}'])
})
