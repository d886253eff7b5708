import { expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../shared/kubernetes/connect.ts'
import { targetsOf } from '../../shared/mcp-server/targets/targets.ts'
import { caller } from '../shared/mcp-server/setup.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { questions, verdictOn } from './questions.ts'
import { scene } from './scene.ts'

test('the eight everyday questions over ten clusters: at most three calls and 6,000 characters each, and right', async () => {
  const entries = await Promise.all(
    (await scene(new Date())).map(async ({ name, objects, logs }) => {
      const simulator = await startSimulator({ objects, logs, port: 0 })
      const api = connectCluster(simulator.kubeconfig)
      onTestFinished(async () => {
        await api.close()
        await simulator.stop()
      })
      return { name, api }
    }),
  )
  const { client } = await caller({ targets: targetsOf(entries), redact: { object: (o) => o, text: (t) => t } })
  const rows: string[] = []
  for (const question of questions) {
    const answers: string[] = []
    for (const { tool, args } of question.ours) {
      const { content, isError } = await client.callTool({ name: tool, arguments: args })
      const [first] = Array.isArray(content) ? content : []
      expect(isError, String(first?.text)).not.toBe(true)
      answers.push(String(first?.text))
    }
    const text = answers.join('\n')
    const verdict = verdictOn(question, text)
    rows.push(`${question.question}: ${answers.length} calls, ${text.length} characters, ${verdict}`)
    expect.soft(verdict, `${question.question}\n${text}`).toBe('right')
    expect.soft(answers.length, question.question).toBeLessThanOrEqual(3)
    expect.soft(text.length, question.question).toBeLessThanOrEqual(6_000)
  }
  console.log(rows.join('\n'))
}, 120_000)
