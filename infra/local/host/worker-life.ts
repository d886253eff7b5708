import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ownPrograms } from '../own-programs.ts'
import { FromWorker, type LoadedFunction, type ToWorker } from './messages.ts'

/** An app must have started within this on Flex Consumption. */
const LOAD_LIMIT_MS = 30_000

export type WorkerSpawn = {
  readonly app: string
  /** All that the worker sees: nothing is inherited. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: (line: string) => void
}
export type WorkerLife = {
  readonly pid: number
  readonly loaded: Promise<readonly LoadedFunction[]>
  readonly ended: Promise<string>
  readonly send: (message: ToWorker) => void
  readonly onMessage: (listener: (message: FromWorker) => void) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
}

/**
 * As languageWorkers__node__arguments in the templates. What a watch makes lives for a moment or for hours: a larger young
 * generation would only make the process larger, and a smaller one let the moment's things grow old. The old generation is
 * collected when it has grown by a tenth, not when it has doubled: a flood of faults then has 80 MB less, at the same speed.
 */
export const workerArguments = ['--max-semi-space-size=8', '--heap-growing-percent=10']

/**
 * Of the C library, read as a process starts, and in the templates too. With its first large buffer glibc would begin to
 * keep such memory for itself; a threshold that is set stays, which is ten megabytes less for a watch of a thousand clusters.
 */
export const workerEnvironment = { MALLOC_TRIM_THRESHOLD_: '131072' }

/** One process from its start to its end. */
export function startWorkerLife({ app, environment, log }: WorkerSpawn): WorkerLife {
  const flags = ['--disable-warning=ExperimentalWarning', ...workerArguments]
  const child: ChildProcess = spawn(process.execPath, [...flags, ownPrograms.worker, app], {
    cwd: app,
    env: { ...environment, ...workerEnvironment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Out of reach of the terminal's Ctrl-C: the parent tells its workers, in its own order.
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', log)
  const listeners: ((message: FromWorker) => void)[] = []
  child.on('message', (raw) => {
    const message = FromWorker.parse(raw)
    for (const listener of listeners) listener(message)
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  const loaded = new Promise<readonly LoadedFunction[]>((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new Error(`The app did not load within ${LOAD_LIMIT_MS / 1000} s.`))
      child.kill('SIGKILL')
    }, LOAD_LIMIT_MS)
    void ended.then((how) => {
      clearTimeout(limit)
      reject(new Error(`The worker ended while loading the app (${how}).`))
    })
    listeners.push((message) => {
      if (message.type === 'failed') reject(new Error(message.message))
      if (message.type !== 'loaded') return
      clearTimeout(limit)
      resolve(message.functions)
    })
  })
  // Whoever does not wait for it hears of the failure through `ended`.
  loaded.catch(() => {})
  return {
    pid: child.pid ?? 0,
    loaded,
    ended,
    send: (message) => {
      // A worker that has just died is started again and told anew.
      if (child.connected) child.send(message, () => {})
    },
    onMessage: (listener) => listeners.push(listener),
    kill: (signal) => child.kill(signal),
  }
}
