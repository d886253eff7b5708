import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Bundle } from '../../shared/artifacts/bundle.ts'
import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Report } from '../../shared/artifacts/report.ts'
import { Verdict } from '../../shared/artifacts/verdict.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { composeReport } from '../../shared/report/compose.ts'
import { readBundle } from '../../shared/report/read-bundle.ts'
import { type ModelServer, type Script, startModelServer } from '../fakes/model-server.ts'
import { type SimulatorOptions, startSimulator } from '../simulator/simulator.ts'
import { startStorage } from './broker/storage.ts'

export type Consulted = {
  readonly bundle: Bundle
  readonly verdict: Verdict | undefined
  readonly rules: Verdict | undefined
  readonly report: Report
  readonly codes: { readonly broker: number | null; readonly agent: number | null }
  readonly said: { readonly broker: string; readonly agent: string }
  readonly model: ModelServer
  readonly clusterCalls: readonly unknown[]
}
export type Consultation = {
  readonly simulator: SimulatorOptions
  readonly incident: Incident
  readonly script: Script
  readonly provider?: NonNullable<AgentJob['model']>['provider']
  readonly model?: string
  readonly limits?: Partial<AgentJob['limits']>
  readonly runner?: AgentJob['runner']
  readonly seconds?: number
  readonly extraPrompt?: string
  readonly path?: string
  /** Called while both run. */
  readonly meanwhile?: (pids: { broker: number; agent: number }) => Promise<void>
  /** The agent's environment on top of what it is given. */
  readonly planted?: Readonly<Record<string, string>>
  /** No agent at all. */
  readonly noAgent?: boolean
}
export const KEY = 'the-real-key-of-the-vendor-1234'
export const TOKEN = 'a-token-for-this-incident-only'

const main = (name: string) => new URL(`../../agent-container/${name}/main.ts`, import.meta.url).pathname

/** Broker and agent as a group runs them, with a written-down cluster, a scripted model and storage around them. */
export async function consulted(given: Consultation): Promise<Consulted> {
  const [simulator, storage, model, folder, port] = await Promise.all([
    startSimulator(given.simulator),
    startStorage(),
    startModelServer(given.script, KEY),
    mkdtemp(join(tmpdir(), 'consulted-')),
    freePort(),
  ])
  const provider = given.provider ?? 'anthropic'
  const job: AgentJob = {
    version: 1,
    incident: given.incident,
    allowSecretsAccess: false,
    deadline: new Date(Date.now() + (given.seconds ?? 60) * 1000).toISOString(),
    upload: storage.upload,
    token: TOKEN,
    model: {
      provider,
      model: given.model ?? 'claude-sonnet-4-5',
      baseUrl: `${model.url}${provider === 'openai-compatible' ? '/v1' : ''}`,
      keyFile: 'model-key',
    },
    runner: given.runner ?? 'builtin',
    limits: { apiCalls: 200, turns: 8, tokens: 200_000, costUsd: 0.5, ...given.limits },
    extraPrompt: given.extraPrompt ?? '',
  }
  const files = { 'job.json': JSON.stringify(job), kubeconfig: simulator.kubeconfig, 'model-key': `${KEY}\n` }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const broker = start(main('broker'), { NIGHTCRIER_FILES: folder, NIGHTCRIER_BROKER_PORT: String(port) })
  const agent = given.noAgent
    ? undefined
    : start(main('agent'), {
        NIGHTCRIER_BROKER: `http://127.0.0.1:${port}`,
        NIGHTCRIER_TOKEN: TOKEN,
        ...(given.path === undefined ? {} : { PATH: given.path }),
        ...given.planted,
      })
  try {
    if (agent !== undefined) await given.meanwhile?.({ broker: broker.pid, agent: agent.pid })
    const code = await broker.ended
    const bundle = storage.bundle()
    if (bundle === undefined) throw new Error(`The broker left no bundle: ${broker.said()}`)
    const parse = (name: string) =>
      bundle.files[name] === undefined ? undefined : Verdict.parse(JSON.parse(bundle.files[name]))
    const result = storage.messages[0]!
    const report = composeReport({
      incident: given.incident,
      result,
      read: readBundle(gzipSync(JSON.stringify(bundle))),
      problem: undefined,
      now: new Date(),
    })
    return {
      bundle,
      verdict: parse('verdict.json'),
      rules: parse('rules-verdict.json'),
      report,
      codes: { broker: code, agent: (await agent?.ended) ?? null },
      said: { broker: broker.said(), agent: agent?.said() ?? '' },
      model,
      clusterCalls: simulator.calls,
    }
  } finally {
    broker.kill()
    agent?.kill()
    await Promise.all([simulator.stop(), storage.stop(), model.stop(), rm(folder, { recursive: true, force: true })])
  }
}

function start(entry: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  child.stderr.on('data', (chunk) => {
    text += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { pid: child.pid!, ended, said: () => text, kill: () => child.kill('SIGKILL') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
