import { readHostJson } from './host-json.ts'
import { type KeptWorker, keepWorker, type WorkerPlan } from './keep-worker.ts'
import type { FromWorker, LoadedFunction, WorkerLimits } from './messages.ts'
import { startWorkerLife } from './worker-life.ts'

export type HostOptions = {
  /** The folder of the built app: package.json with `main`, host.json. */
  readonly app: string
  /** The app's settings, and all that its processes see of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Exactly the functions that must be registered; absent: any. */
  readonly expected?: readonly string[]
  /** Processes per queue function and per timer named `supervisor…`; every other timer is a singleton, as on Azure. */
  readonly instances?: number
  /** 0: the system picks. */
  readonly port?: number
  /** Loopback when absent. */
  readonly host?: string
  readonly functionKey?: string
  readonly limits?: Partial<WorkerLimits>
  readonly functionTimeoutMs?: number
  readonly restartMs?: number
  /** One line of a worker's output; most are JSON. */
  readonly log: (line: string, worker: string) => void
  readonly onInvocation?: (event: FromWorker & { type: 'started' | 'ended' }, instance: number) => void
}
export type Host = {
  /** `http://127.0.0.1:<port>`; the app has HTTP functions or this is its address to come. */
  readonly url: string
  readonly functionKey: string
  readonly functions: readonly LoadedFunction[]
  readonly workers: () => readonly { functions: readonly string[]; instance: number; pid: number }[]
  /** Runs a timer now, on each of its instances; never beside a run of its own. */
  readonly trigger: (name: string) => void
  /** Drains: listeners stop, running invocations finish within `drainMs`; what still lives then is killed. */
  readonly stop: () => Promise<void>
}

/** Twice the terminate hooks' 5 s. */
const KILL_AFTER_DRAIN_MS = 10_000

/** The functions of a built app, each in processes of its own as on Flex Consumption. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { functionTimeoutMs } = readHostJson(options.app)
  const limits = { maxPollMs: 1_000, visibilityMs: 600_000, drainMs: 10_000, ...options.limits }
  const functionKey = options.functionKey ?? 'local'
  const deps = {
    app: options.app,
    environment: options.environment,
    functionKey,
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    limits,
    functionTimeoutMs: options.functionTimeoutMs ?? functionTimeoutMs,
    restartMs: options.restartMs ?? 1_000,
    log: options.log,
    onMessage: (message: FromWorker, plan: WorkerPlan) => {
      if (message.type === 'started' || message.type === 'ended') options.onInvocation?.(message, plan.instance)
    },
  }
  const workers: KeptWorker[] = []
  // Loads the app to learn what there is, and then becomes the first worker.
  const first = startWorkerLife({ ...deps, log: (line) => options.log(line, workers[0]?.name ?? 'start') })
  const stop = async () => {
    await Promise.all(workers.map((worker) => worker.stop(limits.drainMs + KILL_AFTER_DRAIN_MS)))
  }
  try {
    const functions = await first.loaded
    if (options.expected !== undefined) checkFunctions(functions, options.expected)
    for (const plan of planWorkers(functions, options.instances ?? 1))
      workers.push(keepWorker(plan, deps, workers.length === 0 ? first : undefined))
    if (workers.length === 0) first.kill('SIGTERM')
    await Promise.all(workers.map((worker) => worker.ready))
    const port = workers.find(({ kind }) => kind === 'http')?.port() ?? 0
    return {
      url: `http://127.0.0.1:${port}`,
      functionKey,
      functions,
      workers: () => workers.map(({ functions, instance, pid }) => ({ functions, instance, pid: pid() })),
      trigger: (name) => {
        for (const worker of workers) if (worker.functions.includes(name)) worker.trigger(name)
      },
      stop,
    }
  } catch (error) {
    first.kill('SIGKILL')
    for (const worker of workers) worker.ready.catch(() => {})
    await stop()
    throw error
  }
}

function checkFunctions(found: readonly LoadedFunction[], expected: readonly string[]): void {
  const names = found.map(({ name }) => name)
  const missing = expected.filter((name) => !names.includes(name))
  const surplus = names.filter((name) => !expected.includes(name))
  if (missing.length === 0 && surplus.length === 0) return
  const parts = [
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
    ...(surplus.length === 0 ? [] : [`not expected: ${surplus.join(', ')}`]),
  ]
  throw new Error(
    `The app did not register the functions it should (${parts.join('; ')}). Either functions/ or infra/local/expected-functions.ts is wrong.`,
  )
}

/** HTTP functions share one process, every other function has its own. */
function planWorkers(functions: readonly LoadedFunction[], instances: number): readonly WorkerPlan[] {
  const enabled = functions.filter(({ disabled }) => !disabled)
  const http = enabled.filter(({ kind }) => kind === 'http').map(({ name }) => name)
  const others = enabled.filter(({ kind }) => kind !== 'http')
  return [
    ...(http.length === 0 ? [] : [{ functions: http, kind: 'http' as const, instance: 0 }]),
    ...others.flatMap(({ name, kind }) => {
      const count = kind === 'queue' || name.startsWith('supervisor') ? instances : 1
      return Array.from({ length: count }, (_, instance) => ({ functions: [name], kind, instance }))
    }),
  ]
}
