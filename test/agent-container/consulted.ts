import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { work } from '../../agent-container/agent/work.ts'
import { run } from '../../agent-container/broker/run.ts'
import type { Bundle } from '../../shared/artifacts/bundle.ts'
import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Report } from '../../shared/artifacts/report.ts'
import { Verdict } from '../../shared/artifacts/verdict.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { composeReport } from '../../shared/report/bundle/compose.ts'
import { readBundle } from '../../shared/report/bundle/read-bundle.ts'
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
  readonly price?: { readonly input: number; readonly output: number }
  readonly limits?: Partial<AgentJob['limits']>
  readonly runner?: AgentJob['runner']
  readonly seconds?: number
  readonly extraPrompt?: string
  readonly others?: AgentJob['others']
  readonly tuning?: Pick<NonNullable<AgentJob['model']>, 'effort' | 'caching'>
  readonly path?: string
  /** Called while both run. */
  readonly meanwhile?: (running: { broker: number; agent: number; model: ModelServer }) => Promise<void>
  /** The agent's environment on top of what it is given. */
  readonly planted?: Readonly<Record<string, string>>
  /** As a group runs them, not within this process. */
  readonly processes?: boolean
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
      ...(given.price === undefined ? {} : { price: given.price }),
      ...given.tuning,
    },
    runner: given.runner ?? 'builtin',
    limits: { apiCalls: 200, turns: 8, tokens: 200_000, costUsd: 0.5, ...given.limits },
    extraPrompt: given.extraPrompt ?? '',
    ...(given.others === undefined ? {} : { others: given.others }),
  }
  const agentsWorld = {
    NIGHTCRIER_BROKER: `http://127.0.0.1:${port}`,
    NIGHTCRIER_TOKEN: TOKEN,
    ...(given.path === undefined ? {} : { PATH: given.path }),
  }
  if (given.processes) {
    const files = { 'job.json': JSON.stringify(job), kubeconfig: simulator.kubeconfig, 'model-key': `${KEY}\n` }
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  }
  const broker = given.processes
    ? start(main('broker'), { NIGHTCRIER_FILES: folder, NIGHTCRIER_BROKER_PORT: String(port) })
    : within((stop, log) => run({ job, kubeconfig: simulator.kubeconfig, modelKey: KEY }, port, stop.signal, log))
  const agent = given.processes
    ? start(main('agent'), { ...agentsWorld, ...given.planted }, sealed)
    : within((stop, log) =>
        work({ url: agentsWorld.NIGHTCRIER_BROKER, token: TOKEN, path: given.path ?? '', stop, log }),
      )
  try {
    await given.meanwhile?.({ broker: broker.pid, agent: agent.pid, model })
    const code = await broker.ended
    // An agent whose broker has gone ends by itself soon; one that began too late is not waited for.
    const agentCode = await Promise.race([agent.ended, sleep(5_000, null)])
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
      codes: { broker: code, agent: agentCode },
      said: { broker: broker.said(), agent: agent.said() },
      model,
      clusterCalls: simulator.calls,
    }
  } finally {
    broker.kill()
    agent.kill()
    await Promise.all([simulator.stop(), storage.stop(), model.stop(), rm(folder, { recursive: true, force: true })])
  }
}

/** The same without the cost of starting programs. */
function within(body: (stop: AbortController, log: (line: string) => void) => Promise<number>) {
  const stop = new AbortController()
  let text = ''
  const ended = body(stop, (line) => {
    text += `${line}\n`
  })
  return { pid: 0, ended, said: () => text, kill: () => stop.abort() }
}

/** As groups start an agent that needs no other program: it reads its own code, here the whole of it. */
const sealed = ['--permission', `--allow-fs-read=${new URL('../../', import.meta.url).pathname}`]
function start(entry: string, env: Record<string, string>, flags: readonly string[] = []) {
  const child = spawn(process.execPath, [...flags, entry], { env, stdio: ['ignore', 'ignore', 'pipe'] })
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
