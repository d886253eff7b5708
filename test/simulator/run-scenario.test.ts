import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('run-scenario.ts', import.meta.url))
const scenario = (name: string) => fileURLToPath(new URL(`../scenarios/${name}`, import.meta.url))
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
  const { code, stdout, stderr } = await run(scenario('healthy-noisy'), '--json', '--out', out)
  expect(JSON.parse(stdout)).toEqual({
    scenario: 'healthy-noisy',
    outcome: 'none',
    rootCauses: [],
    summary: 'No fault was found.',
    incidentDir: '',
    seconds: expect.any(Number),
    apiCalls: 0,
  })
  expect([code, stderr]).toEqual([0, ''])
})

test('every scenario goes the whole way, and comes out as it says', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await run('--all', '--json', '--out', out)
  const count = readdirSync(scenario('')).length
  expect([code, stderr]).toEqual([0, `${count} of ${count} scenarios came out as expected\n`])
  const verdicts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(verdicts).toHaveLength(count)
  const { rootCauses, incidentDir } = verdicts.find((verdict) => verdict.scenario === 'bad-command')
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
