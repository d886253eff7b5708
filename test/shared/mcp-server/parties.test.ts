import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { type Handler, json, kubeconfigFor, loopbackApi, statusObject } from '../kubernetes/loopback-api.ts'
import { caller, redactHunter2 } from './setup.ts'

const refusing =
  (status: number, reason: string, message: string): Handler =>
  (_, response) =>
    json(response, statusObject(status, reason, message), status)
const silent: Handler = () => undefined

function loginProgram(body: string) {
  const folder = mkdtempSync(join(tmpdir(), 'login-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const command = join(folder, 'corp-login')
  writeFileSync(command, `#!/bin/sh\n${body}\n`)
  chmodSync(command, 0o755)
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } }
}
/** Takes connections and ends them at once, as something that is no proxy does; its port is free again afterwards. */
async function closedPort(): Promise<number> {
  const server: Server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address !== null ? address.port : 0
}

type Case = {
  readonly party: string
  readonly answers?: Handler
  readonly user?: () => object
  readonly cluster?: (port: number) => object
  readonly away?: boolean
  readonly ask?: readonly [string, object]
  readonly timeoutMs?: number
  /** The party by name, and what to do. */
  readonly says: RegExp
  /** Who is not to be blamed. */
  readonly not: RegExp
}
const pods = ['pods_list', {}] as const
const cases: readonly Case[] = [
  {
    party: 'our own guard',
    answers: (_, response) => json(response, { items: [] }),
    ask: ['resources_list', { apiVersion: 'v1', kind: 'Secret' }],
    says: /This server refuses it whatever the cluster allows; nothing was asked/,
    not: /role|have the right granted/,
  },
  {
    party: 'the login program',
    user: () => loginProgram('echo "session has ended, run corp-login sso" >&2; exit 3'),
    answers: silent,
    says: /corp-login.*session has ended, run corp-login sso/s,
    not: /did not answer GET/,
  },
  {
    party: 'the credential',
    answers: refusing(401, 'Unauthorized', 'Unauthorized'),
    says: /401|credential|token/i,
    not: /role/,
  },
  {
    party: 'the proxy',
    answers: silent,
    cluster: (port) => ({ 'proxy-url': `http://127.0.0.1:${port}` }),
    says: /The proxy http:\/\/127\.0\.0\.1:\d+ \(.*proxy-url.*\) cannot be reached \(ECONNREFUSED\), so .* was not asked/,
    not: /Check the server address/,
  },
  {
    party: 'the network',
    away: true,
    says: /nothing listens there\. Check the server address in the kubeconfig/,
    not: /proxy|role/i,
  },
  {
    party: 'the API server',
    answers: refusing(500, 'InternalError', 'etcdserver: request timed out'),
    says: /etcdserver: request timed out\. That is a fault of the API server, not of the question/,
    not: /role|proxy|Check the server address/i,
  },
  {
    party: 'the API server that is overloaded',
    answers: (_, response) => {
      response.setHeader('retry-after', '60')
      json(response, statusObject(429, 'TooManyRequests', 'too many requests, please try again later'), 429)
    },
    says: /too many requests.*try again in 60 s/s,
    not: /role|did not answer/,
  },
  {
    party: 'the role',
    answers: refusing(403, 'Forbidden', 'pods is forbidden: User "dev" cannot list resource "pods"'),
    says: /User "dev" cannot list.*The cluster's role for this credential does not allow it: ask for less .*, or have the right granted/s,
    not: /This server refuses/,
  },
  {
    party: 'an API server that is silent',
    answers: silent,
    timeoutMs: 300,
    says: /did not answer GET \/api\/v1\/pods: no answer within 0\.3 s/,
    not: /caller stopped waiting|role/,
  },
]

test.each(cases)('an error names the party that failed, and what to do: $party', async (one) => {
  const api = await loopbackApi(one.answers ?? silent)
  onTestFinished(() => api[Symbol.asyncDispose]())
  const server = one.away === true ? `http://127.0.0.1:${await closedPort()}` : api.url
  const text = kubeconfigFor(server, one.user?.(), one.cluster?.(await closedPort()))
  const cluster = connectCluster(text, {
    allowExec: true,
    ...(one.timeoutMs === undefined ? {} : { timeoutMs: one.timeoutMs }),
  })
  onTestFinished(cluster.close)
  const { call } = await caller({ targets: targetsOf([{ name: 'east', api: cluster }]), redact: redactHunter2 })
  const [tool, args] = one.ask ?? pods
  const answer = await call(tool, { ...args })
  expect(answer.isError, answer.text).toBe(true)
  expect(answer.text).toMatch(one.says)
  expect(answer.text).not.toMatch(one.not)
})

test('the caller’s own deadline is named as such, and whoever asked for progress is told of it meanwhile', async () => {
  const api = await loopbackApi(silent)
  onTestFinished(() => api[Symbol.asyncDispose]())
  const cluster = connectCluster(kubeconfigFor(api.url), { timeoutMs: 60_000 })
  onTestFinished(cluster.close)
  const { client } = await caller({ targets: targetsOf([{ name: 'east', api: cluster }]), redact: redactHunter2 })
  const told: string[] = []
  const { content, isError } = await client.callTool({ name: 'pods_list', arguments: {} }, undefined, {
    timeout: 30_000,
    onprogress: ({ message, progress, total }) => told.push(`${progress}/${total} ${message}`),
  })
  expect(isError).toBe(true)
  expect(JSON.stringify(content)).toMatch(/The time of this call was over: ask for less .* or try again/)
  expect(told[0]).toBe('2/12 pods_list is at work for 2 s; it ends within 12 s, with what is known by then')
  expect(told.length).toBeGreaterThanOrEqual(4)
}, 40_000)
