import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { connectCluster } from '../../shared/kubernetes/connect.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { startModelServer } from '../fakes/model-server.ts'
import { honest } from '../fakes/scripted-models.ts'
import { findFaults } from '../simulator/find-faults.ts'
import { startPipeline } from '../simulator/pipeline.ts'
import { readScenario } from '../simulator/scenario.ts'
import { startSimulator } from '../simulator/simulator.ts'

const out = mkdtempSync(join(tmpdir(), 'nightcrier-model-'))
afterAll(() => rmSync(out, { recursive: true, force: true }))
const key = 'the-real-key-of-the-vendor-1234'

/** The whole local incident with a model: from the fault to the page. */
async function incident(
  model: Awaited<ReturnType<typeof startModelServer>>,
  before: () => Promise<void> = async () => {},
) {
  writeFileSync(join(out, 'key'), key)
  const scenario = readScenario(new URL('../scenarios/train/deployment/bad-command', import.meta.url).pathname)
  const simulator = await startSimulator({ folder: scenario.folder, name: 'one' })
  const api = connectCluster(simulator.kubeconfig)
  const pipeline = await startPipeline(
    ['one'],
    out,
    createLog('error', (_, line) => console.error(line)),
    {
      AGENT_MODEL_PROVIDER: 'anthropic',
      AGENT_MODEL: 'claude-haiku-4-5',
      AGENT_MODEL_BASE_URL: model.url,
      AGENT_MODEL_KEY: `file:${join(out, 'key')}`,
    },
  )
  try {
    const { faults } = await findFaults({ api, startChanges: simulator.startChanges }, 'one', scenario)
    await before()
    const [first] = await pipeline.investigate('one', simulator.kubeconfig, faults)
    const page = readFileSync(join(first!.folder, 'index.html'), 'utf8')
    return { report: first!.report!, page }
  } finally {
    await pipeline.stop()
    await api.close()
    await simulator.stop()
  }
}

test('a full local incident with a scripted model shows its tokens and its cost in the report', {
  timeout: 60_000,
}, async () => {
  const model = await startModelServer((heard) => {
    const [, mechanism = '', kind = '', namespace = '', name = ''] =
      /Cause \(\w+\): (\w+), (\w+) (?:([\w-]+)\/)?([\w-]+):/.exec(heard.text) ?? []
    return honest({ kind, namespace, name, class: mechanism })(heard)
  }, key)
  const { report, page } = await incident(model).finally(() => model.stop())
  expect(report.outcome).toBe('cause')
  expect(report.usage).toMatchObject({ model: 'claude-haiku-4-5', turns: 2, toolCalls: 1 })
  expect(report.usage!.inputTokens).toBeGreaterThan(2_000)
  expect(report.usage!.costUsd).toBeGreaterThan(0.001)
  expect(report.artifacts).toEqual(expect.arrayContaining(['prompt-sent.md', 'rules-verdict.json']))
  expect(page).toContain('claude-haiku-4-5, 2 turns, 1 tool calls')
  expect(page).toContain(`${report.usage!.inputTokens} in, ${report.usage!.outputTokens} out`)
  expect(page).toContain(`$${report.usage!.costUsd!.toFixed(4)}`)
})

test('with the model server down, the report stands on its evidence and says so', { timeout: 60_000 }, async () => {
  const model = await startModelServer(() => ({ status: 500 }), key)
  const { report, page } = await incident(model, () => model.stop())
  expect(report.outcome).toBe('cause')
  expect(report.verdict?.by).toBe('rules')
  expect(report.evidence.length).toBeGreaterThan(5)
  expect(page).toContain('The model could not be asked')
})
