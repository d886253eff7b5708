#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { Command, InvalidArgumentError } from 'commander'
import { createRedactor } from '../kubernetes/redact.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { randomId } from '../runtime/ids.ts'
import { createLog } from '../runtime/log.ts'
import { startMcpHttpServer } from './http-server.ts'
import { kubeconfigTargets } from './kubeconfig-targets.ts'
import { connectCaller, createKubernetesMcp } from './server.ts'

type Flags = {
  readonly kubeconfig: readonly string[]
  readonly port?: number
  readonly host: string
  readonly tokenFile?: string
  readonly allowedHost: readonly string[]
  readonly allowExec: boolean
}

const wholePort = (text: string): number => {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.')
  return port
}
function read(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new GiveUp(`Cannot read the ${what} ${path}: ${errorText(error)}`)
  }
}

async function serve({ kubeconfig, port, host, tokenFile, allowedHost, allowExec }: Flags): Promise<void> {
  const files = kubeconfig.length > 0 ? kubeconfig : [join(homedir(), '.kube', 'config')]
  const targets = kubeconfigTargets(
    files.map((file) => ({
      text: read(file, 'kubeconfig'),
      where: file,
      filesFrom: dirname(resolve(file)),
      allowExec,
    })),
  )
  // Standard output belongs to the protocol.
  const log = createLog('info', (_, line) => process.stderr.write(`${line}\n`))
  const options = { targets, redact: createRedactor({ key: randomId() }), log }
  const until = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
    if (port === undefined) process.stdin.once('end', () => done())
  })
  if (port === undefined) {
    const mcp = createKubernetesMcp(options)
    const connection = await connectCaller(mcp, new StdioServerTransport())
    await until
    await connection.close()
    mcp.stop()
  } else {
    const token = tokenFile === undefined ? {} : { token: read(tokenFile, 'token file').trim() }
    const server = await startMcpHttpServer({ ...options, port, host, allowedHosts: allowedHost, ...token })
    process.stderr.write(`MCP at ${server.url} for ${targets.list().length} clusters\n`)
    await until
    await server.stop()
  }
  await targets.close()
}

const program = new Command('nightcrier-mcp')
  .description(
    'Serves Kubernetes clusters over MCP, read-only, and tells their faults. Standard input and output, or HTTP.',
  )
  .option('--kubeconfig <file...>', 'kubeconfigs; each context is a cluster', [])
  .option('--port <number>', 'serve HTTP here instead of standard input and output; 0: any free port', wholePort)
  .option('--host <address>', 'listen here', '127.0.0.1')
  .option('--token-file <file>', 'callers must send what stands in this file as a bearer token')
  .option('--allowed-host <name...>', 'further names by which callers may address this server', [])
  .option('--allow-exec', 'let kubeconfigs run programs to log in', false)
  .action(serve)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${error instanceof GiveUp ? error.message : errorText(error)}\n`)
  process.exitCode = 1
}
