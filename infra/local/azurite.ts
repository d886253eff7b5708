import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { ownPrograms } from './own-programs.ts'

/** Azurite's own well-known development account; the key is public. */
const ACCOUNT = 'devstoreaccount1'
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export type AzuritePorts = { readonly blob: number; readonly queue: number; readonly table: number }
export type Azurite = {
  readonly connectionString: string
  readonly ports: AzuritePorts
  readonly pid: number
  /** However it came about. */
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

/** Measured: 1 s warm, 3.5 s from a cold disk; ten times that on a crowded machine. */
const START_LIMIT_MS = 40_000
/** A clean end takes 30 ms. */
const STOP_LIMIT_MS = 3_000

/** Its code as compiled by an earlier start: half of what a start costs. Beside it in a clone, else with what it keeps. */
const compiled = (program: string, place?: AzuritePlace) =>
  place === undefined ? join(program, '../../../../.cache/azurite') : join(place.folder, 'compiled')

/** Where what it keeps outlives it; the ports of an earlier start, which addresses that were given out still name. */
export type AzuritePlace = { readonly folder: string; readonly ports?: AzuritePorts }

/**
 * Blob, queue and table storage on this machine, in memory unless it gets a place, in one child process that ends with
 * this one. The system picks the ports (port 0) and Azurite tells which, so no port can be taken in between. `extra` are
 * options of Azurite's own, such as those that make it speak https; the connection string does not follow them.
 */
export async function startAzurite(extra: readonly string[] = [], place?: AzuritePlace): Promise<Azurite> {
  const program = ownPrograms.azurite()
  const kept = place === undefined ? ['--inMemoryPersistence'] : ['--location', place.folder]
  const options = ['--silent', '--disableTelemetry', '--skipApiVersionCheck', ...kept]
  const { blob, queue, table } = place?.ports ?? { blob: 0, queue: 0, table: 0 }
  const ports = ['--blobPort', `${blob}`, '--queuePort', `${queue}`, '--tablePort', `${table}`]
  const leash = pathToFileURL(ownPrograms.leash).href
  const child = spawn(process.execPath, ['--import', leash, program, ...options, ...ports, ...extra], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Nothing inherited: AZURITE_ACCOUNTS or NODE_OPTIONS of the caller would change what starts.
    env: { NODE_COMPILE_CACHE: compiled(program, place) },
    // Out of reach of the terminal's Ctrl-C: whoever started it ends it, after those who use it.
    detached: true,
  })
  child.channel?.unref()
  try {
    const found = await listening(child)
    const ended = new Promise<void>((done) => {
      if (child.exitCode !== null || child.signalCode !== null) done()
      else child.once('exit', () => done())
    })
    const connection = connectionString(found)
    return { connectionString: connection, ports: found, pid: child.pid ?? 0, ended, stop: () => stop(child) }
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function listening(child: ChildProcess): Promise<AzuritePorts> {
  const ports: Partial<Record<'blob' | 'queue' | 'table', number>> = {}
  const said: string[] = []
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`Azurite ${why}: ${said.slice(-5).join(' | ') || 'it said nothing'}`))
    const timer = setTimeout(() => fail(`did not listen within ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS)
    child.once('error', (error) => fail(`could not be started (${error.message})`))
    child.once('exit', (code, signal) => fail(`ended at once with ${code ?? signal}`))
    const read = (line: string) => {
      if (said.length < 50) said.push(line)
      const [, service, port] =
        /Azurite (Blob|Queue|Table) service is successfully listening at .*:(\d+)/.exec(line) ?? []
      if (service === 'Blob') ports.blob = Number(port)
      if (service === 'Queue') ports.queue = Number(port)
      if (service === 'Table') ports.table = Number(port)
      const { blob, queue, table } = ports
      if (blob === undefined || queue === undefined || table === undefined) return
      clearTimeout(timer)
      resolve({ blob, queue, table })
    }
    // Both are read to their end: a full pipe would stop Azurite.
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', read)
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await ended
  clearTimeout(timer)
}

function connectionString({ blob, queue, table }: AzuritePorts): string {
  const endpoint = (name: string, port: number) => `${name}Endpoint=http://127.0.0.1:${port}/${ACCOUNT}`
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${KEY}`,
    endpoint('Blob', blob),
    endpoint('Queue', queue),
    endpoint('Table', table),
  ].join(';')
}
