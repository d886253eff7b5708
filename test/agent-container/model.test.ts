import { readdir, readFile, readlink } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { incidentPage } from '../../shared/report/page/incident-page.ts'
import {
  cutOff,
  failing,
  getObject,
  honest,
  look,
  lying,
  rambling,
  shown,
  submission,
  toolHappy,
} from '../fakes/scripted-models.ts'
import { type Consultation, consulted, KEY, TOKEN } from './consulted.ts'
import { crashingWeb, crashOfWeb, web } from './crashing-web.ts'
import { healthy } from './diagnose/world.ts'

const simulator = { ...crashingWeb, objects: [...crashingWeb.objects, ...healthy('cart')] }
const cart = { ...web, name: 'cart' }
const slow = { timeout: 90_000 }
const ask = (given: Pick<Consultation, 'script'> & Partial<Consultation>) =>
  consulted({ simulator, incident: crashOfWeb, ...given })
const rulesStand = { kind: 'Deployment', name: 'web', class: 'MissingEnvironmentVariable' }

test.concurrent.each(['anthropic', 'openai-compatible', 'azure', 'google'] as const)(
  'a model in the shape of %s reads, hands in, and is counted to the token',
  async (provider) => {
    const processes = provider === 'anthropic'
    const model = {
      anthropic: 'claude-sonnet-4-5',
      google: 'gemini-2.5-pro',
      azure: 'gpt-5',
      'openai-compatible': 'gpt-4.1',
    }[provider]
    const {
      bundle,
      report,
      codes,
      model: server,
    } = await ask({
      script: honest({ ...web, class: rulesStand.class }),
      provider,
      model,
      processes,
    })
    expect(codes).toEqual({ broker: 0, agent: 0 })
    expect(report.outcome).toBe('cause')
    expect(report.verdict?.rootCauses[0]).toMatchObject(rulesStand)
    expect(report.verdict?.by).toBe(`rules and ${model}`)
    expect(bundle.usage).toMatchObject({ model, turns: 2, toolCalls: 1 })
    const sent = server.requests.reduce((sum, { body }) => sum + Math.ceil(body.length / 4), 0)
    expect(bundle.usage.inputTokens).toBe(sent)
    expect(bundle.usage.outputTokens).toBeGreaterThan(20)
    expect(bundle.usage.costUsd).toBeGreaterThan(0.005)
    expect(bundle.usage.costUsd).toBeLessThan(0.1)
    const page = await incidentPage(report)
    expect(page).toContain('6 of 8 turns')
    expect(page).toMatch(/runner builtin, prompt [0-9a-f]{8}, prices of \d{4}-/)
    const read = report.evidence.find(({ tool }) => tool === 'resources_get')
    expect(read).toMatchObject({ cluster: 'sim', status: 200, truncated: false })
    expect(read?.output).toContain('name: web')
    expect(server.requests.map(({ body }) => body).join('')).not.toContain(TOKEN)
  },
)

test.concurrent('what the model is told holds nothing of the cluster in its system part, and what the operator adds', async () => {
  let system = ''
  let user = ''
  const { bundle } = await ask({
    extraPrompt: 'Payments go first.',
    script: (heard) => {
      system = heard.system
      user = heard.text
      return submission(web, [{ id: 'e3', quote: 'exitCode: 1' }])
    },
  })
  expect(system).toContain('Payments go first.')
  expect(system).not.toContain('DEPLOY_ENV')
  expect(user).toMatch(/<data \w{24} rules>[\s\S]*DEPLOY_ENV[\s\S]*<\/data \w{24} rules>/)
  expect(bundle.files['prompt-sent.md']).toContain(user.slice(0, 2_000))
})

test.concurrent('a model that lies is told what fell, and the rules stand', async () => {
  const heard: string[] = []
  const { report, bundle } = await ask({
    script: (one) => {
      heard.push(...one.answers)
      return lying(cart)(one)
    },
  })
  expect(heard.join('\n')).toMatch(/Not yet: these parts would fall[\s\S]*does not contain the quote/)
  expect(report.outcome).toBe('cause')
  expect(report.verdict?.rootCauses).toEqual([expect.objectContaining(rulesStand)])
  expect(bundle.notes.join('\n')).toMatch(
    /Nothing that claude-sonnet-4-5 named as a cause stands the check; the rules' verdict stands/,
  )
  expect(bundle.usage.turns).toBe(3)
})

test.concurrent('a model that names an innocent object with a true quote does not move certain rules', async () => {
  const { report, bundle } = await ask({ script: honest(cart) })
  expect(report.verdict?.rootCauses).toEqual([expect.objectContaining(rulesStand)])
  expect(report.verdict?.hypotheses.some(({ text, state }) => state === 'open' && text.includes('cart'))).toBe(true)
  expect(bundle.notes.join('\n')).toContain('which is well and only lies beside it')
})

test.concurrent('a model that rambles is reminded, then made to hand in, then given up', async () => {
  const offered: number[] = []
  const { report, bundle, codes } = await ask({
    script: (heard) => {
      offered.push(heard.tools.length)
      return rambling(heard)
    },
  })
  // At last it is left no tool but the one to hand in with; newer models refuse to be forced.
  expect(offered).toEqual([13, 13, 1])
  expect(report.verdict).toMatchObject({ by: 'rules', outcome: 'cause' })
  expect(bundle.notes.join('\n')).toContain(
    'handed in no verdict (failed: The model did not hand in. Its last words: “Well,',
  )
  expect(bundle.usage).toMatchObject({ turns: 3 })
  expect(codes).toEqual({ broker: 0, agent: 1 })
})

test.concurrent('a model that only looks is ended by its turns, and reads no more than it may', async () => {
  const { report, bundle, model } = await ask({ script: toolHappy, limits: { turns: 12 } })
  expect(bundle.usage.turns).toBe(12)
  expect(model.requests).toHaveLength(12)
  const shownText = report.evidence
    .filter(({ tool }) => tool === 'resources_list')
    .reduce((sum, { output }) => sum + output.length, 0)
  expect(shownText).toBeLessThan(90_000)
  expect(report.verdict?.rootCauses).toEqual([expect.objectContaining(rulesStand)])
})

test.concurrent('tokens and money end it too, before they are spent', async () => {
  const few = await ask({ script: toolHappy, limits: { turns: 50, tokens: 30_000 } })
  expect(few.bundle.usage.inputTokens + few.bundle.usage.outputTokens).toBeLessThanOrEqual(30_000)
  expect(few.bundle.notes.join('\n')).toContain('The 30000 tokens of this incident are used')
  expect(few.codes.agent).toBe(10)
  const cheap = await ask({ script: toolHappy, limits: { turns: 50, costUsd: 0.05 } })
  expect(cheap.bundle.usage.costUsd).toBeLessThanOrEqual(0.05)
  expect(cheap.bundle.usage.costUsd).toBeGreaterThan(0.01)
  expect(cheap.bundle.notes.join('\n')).toContain('The 0.05 dollars of this incident are used')
})

test.concurrent('a model that nobody has priced keeps its cap, and its price is not invented', async () => {
  const { bundle } = await ask({
    script: toolHappy,
    model: 'our-own-model',
    provider: 'openai-compatible',
    limits: { turns: 50, tokens: 200_000, costUsd: 0.0001 },
  })
  expect(bundle.usage).toMatchObject({ turns: 0 })
  expect(bundle.usage.costUsd).toBeUndefined()
  expect(bundle.notes.join('\n')).toContain('The 0.0001 dollars of this incident are used')
})

test.concurrent('a model of one’s own, which costs nothing, is bounded by its tokens', async () => {
  const { bundle, report } = await ask({
    price: { input: 0, output: 0 },
    script: toolHappy,
    model: 'our-own-model',
    provider: 'openai-compatible',
    limits: { turns: 50, tokens: 25_000, costUsd: 0.0001 },
  })
  expect(bundle.usage.turns).toBeGreaterThan(1)
  expect(bundle.usage.costUsd).toBe(0)
  expect(await incidentPage(report)).toContain('$0.00')
  expect(bundle.notes.join('\n')).toContain('The 25000 tokens of this incident are used')
})

test.concurrent('a vendor that is busy is asked again; one that stays busy leaves the rules', async () => {
  let refusals = 1
  const once = await ask({
    script: (heard) =>
      refusals-- > 0
        ? { status: 429 }
        : submission(web, [{ id: 'e3', quote: 'exitCode: 1' }], {
            facts: [{ text: `Turn ${heard.turn}.`, evidence: [{ id: 'e3', quote: 'exitCode: 1' }] }],
          }),
  })
  expect(once.report.verdict?.by).toBe('rules and claude-sonnet-4-5')
  const always = await ask({ script: failing(429, { 'retry-after': '60' }) })
  expect(always.codes).toEqual({ broker: 0, agent: 10 })
  expect(always.report.verdict?.by).toBe('rules')
  expect(always.bundle.notes.join('\n')).toMatch(/answered 429/)
  const broken = await ask({ script: failing(500) })
  expect(broken.report.verdict?.rootCauses).toEqual([expect.objectContaining(rulesStand)])
  expect(broken.model.requests).toHaveLength(3)
  expect(broken.codes.agent).toBe(1)
})

test.concurrent('an answer that is cut off is counted as far as it came, and the rules stand', async () => {
  const { bundle, report } = await ask({ script: cutOff })
  expect(report.verdict?.by).toBe('rules')
  expect(bundle.usage.inputTokens).toBeGreaterThan(500)
  expect(bundle.usage.outputTokens).toBeGreaterThan(10)
  expect(bundle.notes.join('\n')).toMatch(/broke off/)
})

test.concurrent('a model that never answers is waited for until the deadline, and what the rules found is published', async () => {
  const { report, codes } = await ask({ script: () => ({ wait: 60_000 }), seconds: 8 })
  expect(report.verdict?.rootCauses).toEqual([expect.objectContaining(rulesStand)])
  expect(codes.broker).toBe(0)
  expect(report.notes.join('\n')).toContain('The time was over before the agent was done')
})

test.concurrent('an agent that is killed is noticed, and the rules stand', slow, async () => {
  const { report } = await ask({
    processes: true,
    script: () => ({ wait: 60_000 }),
    meanwhile: async ({ agent, model }) => {
      await vi.waitUntil(() => model.requests.length > 0, 40_000)
      process.kill(agent, 'SIGKILL')
    },
  })
  expect(report.notes.join('\n')).toContain('The agent went silent')
  expect(report.verdict?.by).toBe('rules')
})

test.concurrent('the vendor refuses the key: the report says so and holds no key', async () => {
  const { bundle } = await ask({
    script: () => ({ status: 401, body: `{"error":{"message":"invalid x-api-key ${KEY}"}}` }),
  })
  expect(bundle.notes.join('\n')).toContain('vendor answered 401')
  expect(JSON.stringify(bundle)).not.toContain(KEY)
})

test.concurrent('tools read Secrets for nobody, and no other cluster; the refusal is evidence', async () => {
  const answers: string[] = []
  const { report } = await ask({
    script: (heard) => {
      answers.push(...heard.answers)
      if (heard.turn === 1)
        return look('resources_get', { apiVersion: 'v1', kind: 'Secret', name: 'db', namespace: 'shop' })
      if (heard.turn === 2) return look('resources_list', { apiVersion: 'v1', kind: 'Pod', cluster: 'other' })
      if (heard.turn === 3) return getObject(web)
      return submission(web, [{ id: shown(heard).id, quote: 'name: web' }])
    },
  })
  expect(answers[0]).toMatch(/Secret/)
  expect(
    report.evidence.find(({ arguments: given }) => given.kind === 'Secret' && given.name === 'db')?.status,
  ).not.toBe(200)
  // One cluster, whatever was named.
  expect(report.evidence.filter(({ cluster }) => cluster !== 'sim')).toEqual([])
})

/** All that a process can see of itself: its environment, its command line and the files that it holds open. */
async function seenBy(pid: number): Promise<string> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
  const open = await readdir(`/proc/${pid}/fd`)
  const files = await Promise.all(open.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return [environment, command, ...files].join('\n')
}
const credentials = (text: string): string[] =>
  ['kubeconfig', 'job.json', 'model-key', KEY, 'sig=', 'NIGHTCRIER_FILES', 'AccountKey', '/bundles/'].filter((word) =>
    text.includes(word),
  )

test.concurrent(
  'the agent holds no credential: environment, command line and open files are listed',
  slow,
  async () => {
    let seen = ''
    const meanwhile = async ({ agent }: { agent: number }) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      seen = await seenBy(agent)
    }
    // Long enough to be listed, then the connection breaks.
    const script = () => ({ wait: 1_500 })
    await ask({ processes: true, script, meanwhile })
    expect(seen).toContain('NIGHTCRIER_TOKEN')
    expect(credentials(seen)).toEqual([])
    await ask({
      processes: true,
      script,
      meanwhile,
      seconds: 6,
      planted: { ANTHROPIC_API_KEY: KEY, KUBECONFIG: '/files/kubeconfig' },
    })
    expect(credentials(seen)).toEqual(['kubeconfig', KEY])
  },
)
