import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('run-scenario.ts', import.meta.url))
const scenario = (name: string) => fileURLToPath(new URL(`../scenarios/train/${name}`, import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'incidents-'))
afterAll(() => rmSync(out, { recursive: true }))

type Ended = { code: unknown; stdout: string; stderr: string }
const run = (...given: string[]) =>
  new Promise<Ended>((resolve) => {
    execFile(process.execPath, [program, ...given], { timeout: 110_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    )
  })

test('a cluster that is well, however loud, has no incident', async () => {
  const { code, stdout, stderr } = await run(scenario('healthy/noisy-events'), '--json', '--out', out)
  expect(JSON.parse(stdout)).toEqual({
    scenario: 'healthy/noisy-events',
    outcome: 'none',
    rootCauses: [],
    summary: 'No fault was found.',
    incidentDir: '',
    seconds: expect.any(Number),
    apiCalls: 0,
  })
  expect([code, stderr]).toEqual([0, ''])
})

/** One of each kind: a crash, a trigger, two causes, what may not be read. `npm run scenario -- --all` runs them all. */
const some = ['deployment/bad-command', 'ingress/class-missing', 'secret/two-faults-at-once', 'denied/logs']

test('scenarios go the whole way, and come out as they say', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await run(...some.map(scenario), '--json', '--out', out)
  expect([code, stderr]).toEqual([0, `${some.length} of ${some.length} scenarios came out as expected\n`])
  const verdicts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(verdicts.map((verdict) => verdict.scenario)).toEqual(some)
  const { rootCauses, incidentDir } = verdicts[0]
  expect(rootCauses).toEqual([{ kind: 'Deployment', namespace: 'orchard', name: 'giant-narwhal', class: 'BadCommand' }])
  for (const file of ['index.html', 'report.json', 'incident.json', 'evidence.jsonl'])
    expect(existsSync(join(incidentDir, file)), file).toBe(true)
})

test('a folder that is none is refused in one sentence', async () => {
  const { code, stdout, stderr } = await run(join(out, 'nothing'))
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toBe(
    `${join(out, 'nothing', 'cluster.yaml')}: there is no such file; a scenario is a folder with a cluster.yaml.\n`,
  )
})
