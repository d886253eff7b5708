import { execFile } from 'node:child_process'
import { rename, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'

/** A cloud's login answers within seconds; one that asks somebody something must not hang the start. */
const LOGIN_MS = 30_000
/** Clouds give tokens for 15 minutes (EKS) to an hour (AKS, GKE); one without a date is asked for anew this often. */
const USUAL_MS = 10 * 60_000
const SOONEST_MS = 30_000

const Exec = z.looseObject({
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
})
const SelfContained = z.looseObject({
  users: z.tuple([z.looseObject({ name: z.string(), user: z.looseObject({ exec: Exec.optional() }) })]),
})
/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
const Credential = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.coerce.date().optional(),
  }),
})

export type LoggedIn = { readonly kubeconfig: string; readonly again: number | undefined }

/**
 * A kubeconfig (of one context, standing on its own) without a program to log in: the program is run here, on its owner's
 * machine, and what it gives takes its place. A broker gets that and never the program: agents start nothing.
 */
export async function loggedIn(kubeconfig: string, context: string): Promise<LoggedIn> {
  const selfContained = SelfContained.safeParse(JSON.parse(kubeconfig))
  const exec = selfContained.data?.users[0].user.exec
  if (!selfContained.success || exec === undefined) return { kubeconfig, again: undefined }
  const info = { kind: 'ExecCredential', apiVersion: exec.apiVersion, spec: { interactive: false } }
  const wrong = (what: string) =>
    new GiveUp(
      `context "${context}": ${exec.command}, which logs in to this cluster, ${what}. Log in by hand and start again.`,
    )
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]))
  const ran = await promisify(execFile)(exec.command, exec.args ?? [], {
    env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    timeout: LOGIN_MS,
    maxBuffer: 1024 * 1024,
  }).catch((error: unknown) => {
    // What it printed may hold a token: only its first line of complaint is told.
    throw wrong(`failed: ${errorText(error).split('\n').slice(0, 2).join(' ').slice(0, 300)}`)
  })
  let answer: unknown
  try {
    answer = JSON.parse(ran.stdout)
  } catch {
    throw wrong('printed no ExecCredential')
  }
  const credential = Credential.safeParse(answer)
  if (!credential.success) throw wrong('printed no ExecCredential')
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = credential.data.status
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const user = {
    ...(token === undefined ? {} : { token }),
    ...(clientCertificateData === undefined ? {} : { 'client-certificate-data': base64(clientCertificateData) }),
    ...(clientKeyData === undefined ? {} : { 'client-key-data': base64(clientKeyData) }),
  }
  const left = expirationTimestamp === undefined ? USUAL_MS : (expirationTimestamp.getTime() - Date.now()) / 2
  return {
    kubeconfig: JSON.stringify({ ...selfContained.data, users: [{ name: selfContained.data.users[0].name, user }] }),
    again: Math.min(Math.max(left, SOONEST_MS), 60 * 60_000),
  }
}

export type Renewal = {
  /** Milliseconds until the first. */
  readonly again: number
  readonly renew: () => Promise<LoggedIn>
}

/** Writes the file anew before what is in it runs out, until it is told to stop. */
export function keepRenewed(file: string, given: Renewal, trouble: (sentence: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined
  // A login may be under way when it is told to stop: nothing is written, said or begun after that.
  let stopped = false
  const later = (wait: number) => {
    if (!stopped) timer = setTimeout(renew, wait).unref()
  }
  async function renew(): Promise<void> {
    try {
      const { kubeconfig, again = USUAL_MS } = await given.renew()
      if (stopped) return
      await writeFile(`${file}.new`, kubeconfig, { mode: 0o600 })
      await rename(`${file}.new`, file)
      later(again)
    } catch (error) {
      if (!stopped) trouble(errorText(error))
      later(SOONEST_MS)
    }
  }
  later(given.again)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
