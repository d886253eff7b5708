import { spawn } from 'node:child_process'
import { z } from 'zod'
import { errorText } from '../runtime/errors.ts'
import { ClusterApiError } from './cluster-api.ts'
import type { ExecConfig } from './kubeconfig-user.ts'

/** A login in a browser takes some time; what takes longer has been forgotten by whoever began it. */
export const LOGIN_MS = 60_000
const MAX_OUTPUT_BYTES = 1024 * 1024
const MAX_COMPLAINT = 4_000
/** A child of it may hold the pipes for ever; what it wrote itself is read by then. */
const AFTER_EXIT_MS = 500

export type LoginAnswer = {
  readonly token?: string
  readonly certificate?: { readonly cert: string; readonly key: string }
  readonly expires?: Date
}
export type LoginRun = {
  /** Names user and kubeconfig in messages. */
  readonly whose: string
  readonly exec: ExecConfig
  /** What `provideClusterInfo` tells. */
  readonly cluster: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}

const text = z.string().min(1).nullish()
const Credential = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('ExecCredential'),
  status: z.looseObject({
    token: text,
    clientCertificateData: text,
    clientKeyData: text,
    expirationTimestamp: text,
  }),
})

const running = new Set<() => void>()
process.once('exit', () => {
  for (const kill of running) kill()
})

/** Runs a kubeconfig's login program: no shell, no terminal, an empty standard input, a deadline. */
export async function runLogin(run: LoginRun): Promise<LoginAnswer> {
  const name = run.exec.command.split('/').at(-1) ?? run.exec.command
  const fail = (why: string) =>
    new ClusterApiError(`The login program ${name} of ${run.whose} ${why} The API was not asked.`, 0, 'Login')
  const { output, complaint } = await outputOf(run, fail)
  const said = complaint === '' ? '' : ` It says: ${complaint}.`
  let value: unknown
  try {
    value = JSON.parse(output)
  } catch {
    throw fail(`wrote no ExecCredential: its output is no JSON.${said}`)
  }
  const parsed = Credential.safeParse(value)
  if (!parsed.success) throw fail(`wrote no ExecCredential with a status.${said}`)
  const { apiVersion, status } = parsed.data
  if (apiVersion !== run.exec.apiVersion)
    throw fail(`gave ${apiVersion.slice(0, 80)}, and the kubeconfig says ${run.exec.apiVersion}.${said}`)
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status
  if (Boolean(cert) !== Boolean(key))
    throw fail(`gave a ${cert ? 'certificate without its key' : 'key without its certificate'}.${said}`)
  if (!token && !cert) throw fail(`gave neither a token nor a certificate.${said}`)
  const expires = new Date(expirationTimestamp ?? Number.NaN)
  return {
    ...(token ? { token } : {}),
    ...(cert && key ? { certificate: { cert, key } } : {}),
    ...(Number.isNaN(expires.getTime()) ? {} : { expires }),
  }
}

function outputOf(
  { exec, cluster, environment, signal, timeoutMs = LOGIN_MS }: LoginRun,
  fail: (why: string) => ClusterApiError,
): Promise<{ readonly output: string; readonly complaint: string }> {
  const info = {
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster } : {}) },
  }
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value ?? '']))
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, [...(exec.args ?? [])], {
      shell: false,
      // A group of its own, so that what it starts can be ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    })
    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    running.add(kill)
    const chunks: Buffer[] = []
    let length = 0
    let complaint = ''
    let exited: NodeJS.Timeout | undefined
    const settle = () => {
      clearTimeout(timer)
      clearTimeout(exited)
      signal.removeEventListener('abort', closed)
      running.delete(kill)
      kill()
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const reason = () => oneLine(complaint)
    const stop = (why: string) => {
      settle()
      reject(fail(`${why}${reason() === '' ? '' : ` It says: ${reason()}.`}`))
    }
    const timer = setTimeout(() => stop(`has not ended within ${timeoutMs / 1000} s and was killed.`), timeoutMs)
    const closed = () => stop('was killed, since this connection was closed.')
    signal.addEventListener('abort', closed, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_OUTPUT_BYTES) stop('wrote over 1 MiB and was killed.')
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-MAX_COMPLAINT)
    })
    child.once('error', (error) => {
      const hint = exec.installHint ? ` ${oneLine(exec.installHint)}` : ''
      stop(`cannot be started (${errorText(error)}): install it, or put its whole path into the kubeconfig.${hint}`)
    })
    const ended = (code: number | null, killed: string | null) => {
      if (code !== 0) return stop(`ended with ${code === null ? killed : `exit code ${code}`}.`)
      settle()
      resolve({ output: Buffer.concat(chunks).toString('utf8'), complaint: reason() })
    }
    child.once('close', ended)
    child.once('exit', (code, killed) => {
      exited = setTimeout(() => ended(code, killed), AFTER_EXIT_MS)
    })
  })
}

const oneLine = (words: string): string =>
  words
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(-600)
