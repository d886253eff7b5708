import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Asking } from './questions.ts'

/** One call may take so long: the slowest that was ever seen took twenty seconds. */
const CALL_MS = 60_000

export type Program = { readonly name: string; readonly command: string; readonly args: readonly string[] }
export type Running = {
  readonly client: Client
  readonly tools: ReadonlySet<string>
  /** Characters of tools/list without output schemas. */
  readonly listed: number
  readonly version: string
  readonly startMs: number
  readonly ask: (
    asking: Asking,
  ) => Promise<{ readonly text: string; readonly structured: unknown; readonly isError: boolean }>
  /** Of it and all that it has started, in MiB; undefined where there is no /proc. */
  readonly memory: () => number | undefined
  readonly close: () => Promise<void>
}

/** Starts a server on standard input and output, and measures until its tools are there. */
export async function start(program: Program, kubeconfig: string, home: string): Promise<Running> {
  const began = performance.now()
  const transport = new StdioClientTransport({
    command: program.command,
    args: [...program.args],
    env: { HOME: home, PATH: process.env.PATH ?? '', KUBECONFIG: kubeconfig },
    stderr: 'ignore',
    cwd: home,
  })
  const client = new Client({ name: 'compare', version: '0' })
  await client.connect(transport)
  const { tools } = await client.listTools()
  const startMs = performance.now() - began
  const listed = tools.reduce((sum, { outputSchema: _, ...tool }) => sum + JSON.stringify(tool).length + 1, 2)
  return {
    client,
    tools: new Set(tools.map(({ name }) => name)),
    listed,
    version: client.getServerVersion()?.version ?? '',
    startMs,
    ask: async ({ tool, args }) => {
      const result = await client.callTool({ name: tool, arguments: args }, undefined, { timeout: CALL_MS })
      const content = Array.isArray(result.content) ? result.content : []
      const text = content.flatMap((one) => (one.type === 'text' ? [String(one.text)] : [])).join('\n')
      return { text, structured: result.structuredContent, isError: result.isError === true }
    },
    memory: () => (transport.pid === null ? undefined : residentOf(transport.pid)),
    close: () => client.close(),
  }
}

function residentOf(pid: number): number | undefined {
  try {
    const parents = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          // After the name in brackets, which may hold anything: state, then the parent.
          const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
          return [[Number(name), Number(parent)] as const]
        } catch {
          return []
        }
      })
    const family = new Set([pid])
    for (const one of family) for (const [child, parent] of parents) if (parent === one) family.add(child)
    const kilobytes = [...family].map((one) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0),
    )
    return Math.round(kilobytes.reduce((sum, one) => sum + one, 0) / 1024)
  } catch {
    return undefined
  }
}
