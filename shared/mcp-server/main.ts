#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { createRedactor } from '../kubernetes/redact.ts'
import { systemClock } from '../runtime/clock.ts'
import { connectWithPatience } from '../runtime/connects.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { randomId } from '../runtime/ids.ts'
import { createLog } from '../runtime/log.ts'
import { version } from '../runtime/version.ts'
import { type SafetyFlags, safetyOf, withSafetyFlags } from './safety/safety-flags.ts'
import { type ConfigFlags, readConfig } from './server/read-config.ts'
import { connectCaller, createKubernetesMcp } from './server/server.ts'
import { stdioTransport } from './server/stdio-transport.ts'
import { openSources } from './sources/open-sources.ts'
import { isGiven } from './sources/source.ts'
import { type SourcedTargets, sourcedTargets } from './sources/sourced-targets.ts'
import type { Target } from './targets/target.ts'

type Flags = ConfigFlags &
  SafetyFlags & {
    readonly config?: string
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

function tokenIn(path: string): string {
  const token = read(path, 'token file').trim()
  if (!/^[\x21-\x7e]{8,}$/.test(token))
    throw new GiveUp(`${path}: a token has at least 8 characters and no blanks. Make one with: openssl rand -hex 32`)
  return token
}

const say = (line: string) => process.stderr.write(`${line}\n`)

/** Known clusters are looked at now, since a wrong file is best told at the start; other systems are asked later. */
async function openTargets(flags: Flags): Promise<SourcedTargets> {
  const { config: file, readOnly = true } = flags
  const given =
    file === undefined ? undefined : { text: read(file, 'config'), where: file, folder: dirname(resolve(file)) }
  const { config, warnings } = readConfig(given, flags, process.env)
  for (const warning of warnings) say(warning)
  const { allowExec } = flags
  // Who only reads does not even load what writes.
  const connect = readOnly ? {} : { connect: (await import('../kubernetes/connect-writer.ts')).connectWriter }
  // What is wrong at the start is told once, with all the rest.
  let started = false
  const log = (line: string) => {
    if (started) say(line)
  }
  const sources = await openSources(config, {
    environment: process.env,
    clock: systemClock,
    allowExec,
    log,
    ...connect,
  })
  const targets = sourcedTargets(sources, {
    aliases: config.cluster_aliases,
    preferred: config.default_cluster,
    writable: !readOnly,
  })
  const local = sources.filter(isGiven)
  await Promise.all(local.map((source) => source.refresh()))
  const problems = local.flatMap((source) => source.problems())
  started = true
  for (const problem of problems) say(problem)
  // Whoever calls first need not wait for a system that is slow to answer.
  void targets.ready().then(() => {
    for (const problem of targets.problems()) if (!problems.includes(problem)) say(problem)
  })
  return targets
}

function howMany(all: readonly Target[]): string {
  const broken = all.filter(({ problem }) => problem !== undefined).length
  const which = broken === 0 ? '' : `, of which ${broken} cannot be used (clusters_list says why)`
  return `${all.length} ${all.length === 1 ? 'cluster' : 'clusters'}${which}`
}

async function serve(flags: Flags): Promise<void> {
  connectWithPatience()
  const { port, host, tokenFile, allowedHost } = flags
  const { identity, ...safety } = safetyOf(flags, read)
  const targets = await openTargets(flags)
  // Standard output belongs to the protocol.
  const log = createLog('info', (_, line) => process.stderr.write(`${line}\n`))
  const options = { targets, redact: createRedactor({ key: randomId() }), log, ...safety }
  const until = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
    if (port === undefined) process.stdin.once('end', () => done())
  })
  if (port === undefined) {
    // A client that is gone reads nothing more: that ends the program, and is no fault of it.
    process.stdout.on('error', () => process.stdin.emit('end'))
    const mcp = createKubernetesMcp(options)
    const connection = await connectCaller(mcp, stdioTransport(process.stdin, process.stdout))
    await until
    await connection.close()
    mcp.stop()
  } else {
    const token = tokenFile === undefined ? {} : { token: tokenIn(tokenFile) }
    const known = identity === undefined ? {} : { identity }
    // Standard input and output need none of it, and a client waits for the start.
    const { startMcpHttpServer } = await import('./server/http-server.ts')
    const server = await startMcpHttpServer({ ...options, port, host, allowedHosts: allowedHost, ...token, ...known })
    const others = targets.sources.flatMap((source) =>
      isGiven(source) || (source.kind === 'discovered' && targets.list().length > 0)
        ? []
        : [`, and those of ${source.name}`],
    )
    say(`MCP at ${server.url} for ${howMany(targets.list())}${others.join('')}`)
    await until
    await server.stop()
  }
  await targets.close()
}

const program = new Command('nightcrier-mcp')
  .version(version, '-V, --version', 'its version')
  .description(
    'Serves Kubernetes clusters over MCP, read-only unless told otherwise, and tells their faults. Standard input and output, or HTTP.',
  )
  .option('--config <file>', 'a TOML file that names clusters; docs/mcp-server.md shows its keys')
  .option('--kubeconfig <file...>', 'kubeconfigs, merged as kubectl does; each context is a cluster', [])
  .option('--kubeconfig-dir <folder...>', 'folders of kubeconfigs; each file is a cluster', [])
  .option('--clusters <file>', "nightcrier's own clusters.yaml")
  .option('--in-cluster', 'the cluster that this runs in, by its service account')
  .option('--default-cluster <name>', 'the cluster of calls that name none')
  .option('--rancher-url <url>', 'all clusters of this Rancher; its token comes from RANCHER_TOKEN')
  .addOption(new Option('--rancher-token <token>', 'better in RANCHER_TOKEN').hideHelp())
  .option('--nsk-rancher-url <url>', 'the Rancher that nsk asks')
  .option('--nsk-profile <name>', 'the profile of nsk')
  .option('--nsk-config-dir <folder>', 'the folder of nsk')
  .option('--nsk-auto-refresh', 'ask nsk again from time to time')
  .option('--aks <subscription...>', 'AKS clusters tagged nightcrier: watch in these subscriptions of Azure')
  .option('--port <number>', 'serve HTTP here instead of standard input and output; 0: any free port', wholePort)
  .option('--host <address>', 'listen here', '127.0.0.1')
  .option('--token-file <file>', 'callers must send what stands in this file as a bearer token')
  .option('--allowed-host <name...>', 'further names by which callers may address this server', [])
  .option('--allow-exec', 'let kubeconfigs run programs to log in', false)
  .action(serve)

withSafetyFlags(program)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${error instanceof GiveUp ? error.message : errorText(error)}\n`)
  process.exitCode = 1
}
