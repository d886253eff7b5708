import { errorText } from '../../../shared/runtime/errors.ts'
import { isDisabled, kinds, type Trigger, triggerOf } from './bindings.ts'
import { createCore, type Registered } from './core-api.ts'
import { readHostJson } from './host-json.ts'
import { startHttp } from './http-listener.ts'
import { createInvoke, type Invoke } from './invoke.ts'
import type { Listener } from './listener.ts'
import { loadApp } from './load-app.ts'
import { type FromWorker, type RunOrder, ToWorker } from './messages.ts'
import { startTimer } from './timer-listener.ts'

// One worker process: loads the app, says what it registered, then runs the functions that it is told to.

/** What the real host gives appTerminate hooks before the process ends. */
const TERMINATE_LIMIT_MS = 5_000

const post = (message: FromWorker) => process.send?.(message)
const log = (entry: object) => process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`)
const logFor = (name: string) => (level: string, message: string) => log({ level, function: name, message })

type Loaded = { readonly target: Registered; readonly binding: string; readonly trigger: Trigger }

const app = process.argv[2] ?? ''
const core = createCore((level, category, message) => log({ level, category, message }))
const running = new Set<string>()
const listeners = new Map<string, Listener>()
let drainMs = 0
let draining = false

const invoke: Invoke = createInvoke(
  core,
  {
    started: (name, invocationId) => {
      running.add(invocationId)
      post({ type: 'started', function: name, invocationId })
    },
    ended: (name, invocationId, ok) => {
      running.delete(invocationId)
      post({ type: 'ended', function: name, invocationId, ok })
    },
  },
  log,
)

async function start(order: RunOrder, loaded: readonly Loaded[]): Promise<void> {
  drainMs = order.limits.drainMs
  const host = readHostJson(app)
  const mine = loaded.filter(({ target }) => order.functions.includes(target.metadata.name))
  const http = mine.flatMap(({ target, binding, trigger }) =>
    trigger.type === 'httpTrigger' ? [{ target, binding, trigger }] : [],
  )
  if (http.length > 0) {
    const listener = await startHttp(http, {
      ...order,
      ...host,
      ...bodyLimit(process.env),
      invoke,
      log: logFor('http'),
    })
    listeners.set('http', listener)
    post({ type: 'listening', port: listener.port })
  }
  for (const { target, binding, trigger } of mine) {
    const { name } = target.metadata
    if (trigger.type === 'timerTrigger') {
      const saveStatus = (status: (typeof order.timers)[string]) => post({ type: 'timer', function: name, status })
      const deps = { invoke, saveStatus, log: logFor(name) }
      listeners.set(name, startTimer(target, binding, trigger, order.timers[name], deps))
    } else if (trigger.type === 'queueTrigger') {
      // Loaded by the workers that need it only: the storage SDK takes a fifth of a second.
      const { queueService } = await import('./queue-connection.ts')
      const { startQueue } = await import('./queue-listener.ts')
      const service = queueService(trigger.connection, process.env)
      const deps = { service, options: host.queues, limits: order.limits, invoke, log: logFor(name) }
      listeners.set(name, startQueue(target, binding, trigger, deps))
    }
  }
  post({ type: 'ready' })
}

const bodyLimit = ({ FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: most }: NodeJS.ProcessEnv) =>
  most === undefined || most === '' ? {} : { bodyLimit: Number(most) }

/** Drain mode: listeners stop, running invocations finish, then the terminate hooks, then the end. */
async function drain(late = false): Promise<void> {
  if (draining) return
  draining = true
  for (const listener of listeners.values()) listener.stop()
  const limit = Date.now() + drainMs
  while (!late && running.size > 0 && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 20))
  if (running.size > 0) log({ level: 'warning', message: `${running.size} invocations did not finish while draining` })
  const hooks = core.runHooks('appTerminate', { hookData: {}, appHookData: core.appHookData })
  await Promise.race([hooks, new Promise((resolve) => setTimeout(resolve, TERMINATE_LIMIT_MS))])
  process.exit(late ? 1 : 0)
}

async function main(): Promise<void> {
  await loadApp(app, core)
  const loaded = core.functions().map((target) => ({ target, ...triggerOf(target.metadata, process.env) }))
  process.on('message', (raw) => {
    const message = ToWorker.parse(raw)
    if (message.type === 'run') start(message, loaded).catch(fail)
    else if (message.type === 'end') void drain(message.late)
    else listeners.get(message.function)?.trigger?.()
  })
  const functions = loaded.map(({ target: { metadata }, trigger }) => ({
    name: metadata.name,
    kind: kinds[trigger.type],
    disabled: isDisabled(metadata.name, process.env),
  }))
  post({ type: 'loaded', functions })
}

function fail(error: unknown): void {
  post({ type: 'failed', message: errorText(error) })
  process.exitCode = 1
  // Leaves the message time to arrive.
  setTimeout(() => process.exit(1), 100)
}

// A parent that is gone, even by force, says the same as one that asks. Signals are the app's own business: Azure's worker
// has no handler for them either.
process.on('disconnect', () => void drain())
main().catch(fail)
