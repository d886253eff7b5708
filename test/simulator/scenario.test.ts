import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { afterEach, describe, expect, test } from 'vitest'
import { faultClasses } from '../../agent-container/diagnose/rules/class.ts'
import { detectFaults } from '../../shared/faults/detect.ts'
import { share } from '../run/share.ts'
import { readScenario, shifted } from './scenario.ts'
import { scenariosOf } from './sets.ts'
import { startSimulator } from './simulator.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'scenario-'))
  folders.push(path)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

const header = '# Picture taken at 2026-01-12T09:41:00Z; Kubernetes v1.31.2\n'
const pod = (phase: string, since: string) =>
  `apiVersion: v1
kind: Pod
metadata: {name: narwhal, namespace: shop, creationTimestamp: "${since}"}
spec: {containers: [{name: main}]}
status: {phase: ${phase}, startTime: "${since}"}
`
const indented = (text: string) => text.replace(/^/gm, '      ')

async function serve(path: string, now: Date) {
  const simulator = await startSimulator({ folder: path, now })
  const config = new KubeConfig()
  config.loadFromString(simulator.kubeconfig)
  return { simulator, core: config.makeApiClient(CoreV1Api) }
}

test('objects and logs of a folder are served as if the picture were taken now', async () => {
  const path = folder({
    'cluster.yaml': `${header}---\n${pod('Running', '2026-01-12T09:40:00Z')}---\napiVersion: v1\nkind: List\nitems: []\n`,
    'logs/shop/narwhal/main.log': '2026-01-12T09:40:30.5Z started\n',
    'logs/shop/narwhal/main.previous.log': '2026-01-12T09:39:00Z gone\n',
  })
  const now = new Date('2026-06-30T12:00:00Z')
  const { simulator, core } = await serve(path, now)
  const at = { name: 'narwhal', namespace: 'shop' }
  expect((await core.readNamespacedPod(at)).status?.startTime).toEqual(new Date('2026-06-30T11:59:00Z'))
  expect(await core.readNamespacedPodLog(at)).toBe('2026-06-30T11:59:30.5Z started\n')
  expect(await core.readNamespacedPodLog({ ...at, previous: true })).toBe('2026-06-30T11:58:00Z gone\n')
  expect(simulator.scenario?.kubernetes).toBe('v1.31.2')
  await simulator.stop()
})

test('changes happen at their times, counted from when time is started, and carry those times', async () => {
  const path = folder({
    'cluster.yaml': header + pod('Running', '2026-01-12T09:40:00Z'),
    'changes.yaml': `- at: 120ms
  delete: [Pod/shop/narwhal]
- at: 40ms
  apply:
    -
${indented(pod('Failed', '2026-01-12T09:41:00Z'))}`,
  })
  const { simulator, core } = await serve(path, new Date('2020-01-01T00:00:00Z'))
  const phase = async () => (await core.listNamespacedPod({ namespace: 'shop' })).items[0]?.status
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect((await phase())?.phase).toBe('Running')
  const began = Date.now()
  const done = simulator.startChanges()
  while ((await phase())?.phase === 'Running') await new Promise((resolve) => setTimeout(resolve, 5))
  expect(Date.now() - began).toBeGreaterThanOrEqual(38)
  const since = (await phase())?.startTime?.getTime() ?? 0
  expect(Math.abs(began - since)).toBeLessThan(1_500)
  await done
  expect(Date.now() - began).toBeGreaterThanOrEqual(118)
  expect(await phase()).toBeUndefined()
  await simulator.stop()
})

test.each<[string, Record<string, string>, string]>([
  ['no picture', {}, 'cluster.yaml: there is no such file; a scenario is a folder with a cluster.yaml.'],
  ['no first line', { 'cluster.yaml': 'kind: Pod\n' }, 'cluster.yaml: the first line must read "# Picture taken at'],
  ['a document that is no YAML', { 'cluster.yaml': `${header}a: [1\n` }, 'cluster.yaml: document 1 is no YAML'],
  [
    'an object without a name',
    { 'cluster.yaml': `${header}apiVersion: v1\nkind: Pod\nmetadata: {}\n` },
    'cluster.yaml: document 1: metadata.name is missing',
  ],
  ['a log in a wrong place', { 'cluster.yaml': header, 'logs/main.log': 'x' }, 'a log belongs at logs/<namespace>/'],
  [
    'a change without a time',
    { 'cluster.yaml': header, 'changes.yaml': '- at: soon\n' },
    'changes.yaml: 0.at: must be a time such as 500ms, 3s or 1m30s',
  ],
  [
    'an outcome that does not exist',
    { 'cluster.yaml': header, 'expect.yaml': 'outcome: maybe\n' },
    'expect.yaml: outcome: ',
  ],
])('a folder with %s is refused in a sentence that names the file', (_, files, sentence) => {
  const path = folder(files)
  expect(() => readScenario(path)).toThrow(`${path}/`)
  expect(() => readScenario(path)).toThrow(sentence)
})

/** At odd times of day and year: schedules and clocks must not care when a picture is shown. */
const presents = ['2026-11-21T03:09:27Z', '2027-02-28T23:59:59Z', '2026-06-07T12:00:00Z'].map((at) => new Date(at))

describe.each(share(scenariosOf('train'), 20))('the scenario $name', ({ name, folder: at }) => {
  const scenario = readScenario(at)

  test('is a whole cluster and says what is expected', () => {
    expect(scenario.objects.length).toBeGreaterThan(20)
    expect(scenario.expect).toBeDefined()
  })

  test('names a mechanism that the rules have a word for', () => {
    const { rootCause, rootCauses = rootCause ? [rootCause] : [] } = scenario.expect ?? {}
    // Where two words are arguable the scenario leaves the class open.
    const named = rootCauses.flatMap(({ class: word }) => word ?? [])
    for (const word of named) expect(Object.keys(faultClasses)).toContain(word)
  })

  test.each(presents)('shows faults when something is broken or asked for, and only then (%s)', (present) => {
    const { objects } = shifted(scenario, present)
    const { rootCause, trigger, outcome } = scenario.expect ?? {}
    const faults = detectFaults({ cluster: name, objects }, present).map((fault) => fault.faultType)
    // Inconclusive: there is a fault, whose cause cannot be seen.
    if (rootCause === null && outcome?.includes('inconclusive') !== true) expect(faults).toEqual([])
    else if (trigger === undefined) expect(faults).not.toEqual([])
  })
})
