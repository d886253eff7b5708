import { createHash } from 'node:crypto'
import type { buildConnector } from 'undici'
import { z } from 'zod'
import type { Clock } from '../runtime/clock.ts'
import { ClusterApiError } from './cluster-api.ts'
import { tokenExpiry } from './credential-expiry.ts'
import type { Kubeconfig } from './kubeconfig.ts'
import { AuthProvider, asksProgram, ExecConfig, impersonation, KubeconfigUser } from './kubeconfig-user.ts'
import { type LoginAnswer, runLogin } from './login-program.ts'

export type RequestHeaders = Readonly<Record<string, string | string[]>>
/** As whom one request is made. */
export type Login = {
  readonly headers: RequestHeaders
  /** With what connections are opened; another `id` needs other connections. */
  readonly tls: buildConnector.BuildOptions
  readonly id: string
}
export type Credential = {
  /** Runs the login program when what it gave has run out: once, however many calls wait for it. */
  readonly login: (signal: AbortSignal) => Promise<Login>
  /** The API does not take it (401). True when the next login may give another. */
  readonly refused: (login: Login) => boolean
  /** Ends a login that is under way. */
  readonly close: () => void
}

const SelfContained = z.object({
  clusters: z.array(z.object({ cluster: z.looseObject({}) })).min(1),
  users: z.array(z.object({ user: z.looseObject({}) })),
})
const Extensions = z.array(z.looseObject({ name: z.string(), extension: z.unknown() })).catch([])
/** A login is asked for anew so long before it ends: the call that begins now must still be taken. */
const EARLY_MS = 5_000

/** What a kubeconfig's user and cluster mean for TLS and for request headers: never more than kubectl would send. */
export function credentialOf(
  kubeconfig: Kubeconfig,
  clock: Clock,
  environment: Readonly<Record<string, string | undefined>>,
): Credential {
  const selfContained = SelfContained.parse(JSON.parse(kubeconfig.text))
  const cluster: Readonly<Record<string, unknown>> = selfContained.clusters[0]?.cluster ?? {}
  const fields = selfContained.users[0]?.user ?? {}
  const user = KubeconfigUser.parse(fields)
  const trust = trustOf(cluster)
  const fixed = certificateOf(user['client-certificate-data'], user['client-key-data'])
  const acts = impersonation(user)
  const closing = new AbortController()
  let kept: Promise<LoginAnswer> | undefined
  let until = Number.POSITIVE_INFINITY

  function program(): Promise<LoginAnswer> {
    if (kept !== undefined && clock.now().getTime() < until) return kept
    until = Number.POSITIVE_INFINITY
    const running = runLogin({
      whose: `user "${kubeconfig.user}" (${kubeconfig.where})`,
      exec: ExecConfig.parse(user.exec),
      cluster: namedCluster(cluster, kubeconfig.server),
      environment,
      signal: closing.signal,
    })
    kept = running
    running.then(
      ({ expires }) => {
        if (kept === running && expires !== undefined) until = expires.getTime() - EARLY_MS
      },
      () => {
        // A login that failed is tried anew at the next call.
        if (kept === running) kept = undefined
      },
    )
    return running
  }

  async function login(signal: AbortSignal): Promise<Login> {
    const base = { ...acts, ...authorization(user, clock, kubeconfig) }
    if (!asksProgram(fields)) return { headers: base, tls: { ...trust, ...fixed }, id: '' }
    const { token, certificate } = await waited(program(), signal, ExecConfig.parse(user.exec).command)
    const tls = { ...trust, ...certificate }
    return {
      headers: token === undefined ? base : { ...base, authorization: `Bearer ${token}` },
      tls,
      id: certificate === undefined ? '' : createHash('sha256').update(certificate.cert).digest('hex'),
    }
  }
  return {
    login,
    refused: () => {
      if (!asksProgram(fields) || kept === undefined) return false
      kept = undefined
      return true
    },
    close: () => closing.abort(),
  }
}

function authorization(user: KubeconfigUser, clock: Clock, { user: name }: Kubeconfig): RequestHeaders {
  if (user.token) return { authorization: `Bearer ${user.token}` }
  if (user.username)
    return { authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` }
  const idToken = AuthProvider.safeParse(user['auth-provider']).data?.config?.['id-token']
  if (!idToken) return {}
  const expires = tokenExpiry(idToken)
  if (expires !== undefined && expires <= clock.now())
    throw new ClusterApiError(
      `The id-token of user "${name}" has run out (${expires.toISOString()}). Log in again with kubectl or its own program, which renews it. The API was not asked.`,
      0,
      'Login',
    )
  return { authorization: `Bearer ${idToken}` }
}

function trustOf(cluster: Readonly<Record<string, unknown>>): buildConnector.BuildOptions {
  const ca = cluster['certificate-authority-data']
  const name = cluster['tls-server-name']
  return {
    ...(typeof ca === 'string' && ca !== '' ? { ca: Buffer.from(ca, 'base64') } : {}),
    ...(typeof name === 'string' && name !== '' ? { servername: name } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : { rejectUnauthorized: true }),
  }
}

const certificateOf = (cert: string | null | undefined, key: string | null | undefined) =>
  cert && key ? { cert: Buffer.from(cert, 'base64'), key: Buffer.from(key, 'base64') } : {}

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster */
function namedCluster(cluster: Readonly<Record<string, unknown>>, server: string): Readonly<Record<string, unknown>> {
  const keys = [
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority-data',
    'proxy-url',
    'disable-compression',
  ]
  const known = keys.flatMap((key) =>
    cluster[key] === undefined || cluster[key] === null ? [] : [[key, cluster[key]] as const],
  )
  const config = Extensions.parse(cluster.extensions).find(({ name }) => name === 'client.authentication.k8s.io/exec')
  return { server, ...Object.fromEntries(known), ...(config === undefined ? {} : { config: config.extension }) }
}

/** The call ends when it must; the login goes on, and the next call has it. */
function waited<T>(promise: Promise<T>, signal: AbortSignal, command: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () =>
      reject(
        new ClusterApiError(
          `The login program ${command.split('/').at(-1)} has not ended within the time of this call. It has a minute; try again, or log in once by hand.`,
          0,
          'Login',
        ),
      )
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
