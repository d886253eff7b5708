import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { onTestFinished } from 'vitest'

const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules')

export type Program = { readonly client: Client; readonly connected: Promise<void> }
/** A program that speaks MCP on its standard input and output, with a home of its own and nothing of ours in its environment. */
function program(kubeconfig: string, args: (file: string) => readonly string[]): Program {
  const home = mkdtempSync(join(tmpdir(), 'mcp-'))
  const file = join(home, 'kubeconfig')
  writeFileSync(file, kubeconfig)
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...args(file)],
    env: { HOME: home, PATH: process.env.PATH ?? '' },
    stderr: 'ignore',
  })
  const client = new Client({ name: 'test', version: '0' })
  onTestFinished(async () => {
    await client.close()
    rmSync(home, { recursive: true, force: true })
  })
  return { client, connected: client.connect(transport) }
}

/** The best known server, as its package starts it. */
export const upstream = (kubeconfig: string, writes = false): Program =>
  program(kubeconfig, (file) => [
    join(modules, 'kubernetes-mcp-server', 'bin', 'index.js'),
    ...['--kubeconfig', file, '--list-output', 'yaml', ...(writes ? [] : ['--read-only'])],
  ])
/** Ours, as its command starts it. */
export const ours = (kubeconfig: string, writes = false): Program =>
  program(kubeconfig, (file) => [
    join(import.meta.dirname, '..', '..', '..', 'shared', 'mcp-server', 'main.ts'),
    ...['--kubeconfig', file, '--list-all-tools', ...(writes ? ['--read-only=false'] : [])],
  ])

export async function textOf(client: Client, name: string, args: Record<string, unknown> = {}) {
  const { content, isError, structuredContent } = await client.callTool({ name, arguments: args })
  const [first] = Array.isArray(content) ? content : []
  return { text: String(first?.text), isError: isError === true, is: Object(structuredContent) }
}
