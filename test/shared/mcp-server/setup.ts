import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import type { Redact } from '../../../shared/mcp-server/safety/redaction.ts'
import {
  connectCaller,
  createKubernetesMcp,
  type KubernetesMcp,
  type McpOptions,
} from '../../../shared/mcp-server/server/server.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts'

/** Takes out one known word, so that a test can see whether everything has passed through it. */
export const redactHunter2: Redact = {
  object: (object) => JSON.parse(JSON.stringify(object).replaceAll('hunter2', '‹redacted›')),
  text: (text) => text.replaceAll('hunter2', '‹redacted›'),
}
export const fast = { debounceMs: 5, beatMs: 50, resolveAfterMs: 80, retryMs: 20, subscribeWaitMs: 300 }

export async function simulated(options: SimulatorOptions) {
  const simulator = await startSimulator({ protocol: 'http', port: 0, ...options })
  const api = connectCluster(simulator.kubeconfig)
  onTestFinished(async () => {
    await api.close()
    await simulator.stop()
  })
  return { simulator, api }
}

/** As far as tests look into answers. */
const Structured = z.looseObject({
  cluster: z.string().default(''),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string(), uid: z.string() }) })).default([]),
  complete: z.boolean().optional(),
  continue: z.string().optional(),
  object: z
    .looseObject({
      data: z.record(z.string(), z.string()).default({}),
      spec: z.looseObject({ nodeName: z.string().optional() }).optional(),
    })
    .optional(),
  log: z.string().default(''),
  truncated: z.boolean().optional(),
  subscriptionId: z.string().default(''),
  createdAt: z.string().optional(),
  notVisible: z.array(z.object({ kind: z.string(), reason: z.string() })).default([]),
})

export type Notice = { level: string; logger?: string | undefined; data: Record<string, unknown> }
export function listenTo(client: Client): Notice[] {
  const notices: Notice[] = []
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    notices.push({ level: params.level, logger: params.logger, data: Object(params.data) })
  })
  return notices
}

/** A client at the in-memory door of a server. */
export async function second(mcp: KubernetesMcp) {
  const [here, there] = InMemoryTransport.createLinkedPair()
  const client = new Client({ name: 'test', version: '0' })
  const notices = listenTo(client)
  await connectCaller(mcp, there)
  await client.connect(here)
  onTestFinished(() => client.close())
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: args })
    const [first] = Array.isArray(result.content) ? result.content : []
    const structured = Structured.parse(result.structuredContent ?? {})
    return { text: String(first?.text), structured, isError: result.isError === true }
  }
  return { client, notices, call }
}

/** A server of its own, and its first client. */
export async function caller(options: Pick<McpOptions, 'targets'> & Partial<McpOptions>) {
  const mcp = createKubernetesMcp({ redact: redactHunter2, times: fast, ...options })
  onTestFinished(mcp.stop)
  return { mcp, ...(await second(mcp)) }
}

/** One simulated cluster called east, and a client. */
export async function east(options: SimulatorOptions, more: Partial<McpOptions> = {}) {
  const { simulator, api } = await simulated(options)
  return { simulator, api, ...(await caller({ targets: targetsOf([{ name: 'east', api }]), ...more })) }
}

export async function until(holds: () => boolean, what = 'it', milliseconds = 5_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; ) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`${what} did not happen in ${milliseconds} ms`)
}
export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '')
