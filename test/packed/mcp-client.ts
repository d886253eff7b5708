import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Installed } from './install.ts'

/** What the installed MCP server answers to a client that starts it as any client's configuration does. */
export async function askInstalledMcp({ bin, folder, path }: Installed, kubeconfig: string): Promise<string> {
  const client = new Client({ name: 'packed', version: '0' })
  await client.connect(
    new StdioClientTransport({
      command: bin('nightcrier-mcp'),
      args: ['--kubeconfig', join(kubeconfig)],
      cwd: folder,
      env: { PATH: path, HOME: folder },
      stderr: 'ignore',
    }),
  )
  try {
    const { tools } = await client.listTools()
    if (!tools.some(({ name }) => name === 'pods_list')) throw new Error('It has no tool pods_list')
    const answer = await client.callTool({ name: 'pods_list', arguments: { namespace: 'shop' } })
    return JSON.stringify(answer.content)
  } finally {
    await client.close()
  }
}
