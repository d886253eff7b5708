import { randomInt } from 'node:crypto'
import type { FromWorker, LoadedFunction, RunOrder, TimerStatus, WorkerLimits } from './messages.ts'
import { startWorkerLife, type WorkerLife, type WorkerSpawn } from './worker-life.ts'

export type WorkerPlan = {
  readonly functions: readonly string[]
  readonly kind: LoadedFunction['kind']
  readonly instance: number
}
export type KeepDeps = Omit<WorkerSpawn, 'log'> & {
  readonly functionKey: string
  readonly port: number
  readonly host: string
  readonly limits: WorkerLimits
  readonly functionTimeoutMs: number
  /** Before the first restart; doubled each time, up to 30 s. */
  readonly restartMs: number
  readonly log: (line: string, worker: string) => void
  readonly onMessage: (message: FromWorker, plan: WorkerPlan) => void
}
export type KeptWorker = WorkerPlan & {
  readonly name: string
  readonly pid: () => number
  readonly ready: Promise<void>
  readonly port: () => number
  readonly trigger: (name: string) => void
  readonly stop: (limitMs: number) => Promise<void>
}

const LONGEST_RESTART_MS = 30_000
/** A worker that lived this long did not die of starting. */
const HEALTHY_MS = 60_000
/** Twice what terminate hooks may take. */
const KILL_AFTER_END_MS = 10_000

/** Keeps one worker alive: starts it again when it dies, and kills it when a function runs past its time. */
export function keepWorker(plan: WorkerPlan, deps: KeepDeps, first?: WorkerLife): KeptWorker {
  const name = `${plan.functions.length === 1 ? plan.functions[0] : plan.kind}#${plan.instance}`
  const say = (message: string, level = 'warning') =>
    deps.log(JSON.stringify({ time: new Date().toISOString(), level, worker: name, message }), name)
  const timers: Record<string, TimerStatus> = {}
  let { port } = deps
  let pause = deps.restartMs
  let stopping = false
  let restart: NodeJS.Timeout | undefined
  let life: WorkerLife = adopt(first ?? startWorkerLife({ ...deps, log: (line) => deps.log(line, name) }))
  const ready = new Promise<void>((resolve, reject) => {
    life.onMessage((message) => {
      if (message.type === 'ready') resolve()
      if (message.type === 'failed') reject(new Error(message.message))
    })
    void life.ended.then((how) => reject(new Error(`Worker ${name} ended before it was ready (${how}).`)))
  })

  function adopt(next: WorkerLife): WorkerLife {
    const born = Date.now()
    const running = new Map<string, NodeJS.Timeout>()
    next.onMessage((message) => {
      if (message.type === 'listening') port = message.port
      if (message.type === 'failed') say(message.message, 'error')
      if (message.type === 'timer') timers[message.function] = message.status
      if (message.type === 'started') {
        // The whole process, with all that runs in it, after its terminate hooks.
        const limit = setTimeout(() => {
          say(`${message.function} ran past functionTimeout: its process is ended`, 'error')
          next.send({ type: 'end', late: true })
          setTimeout(() => next.kill('SIGKILL'), KILL_AFTER_END_MS).unref()
        }, deps.functionTimeoutMs)
        running.set(message.invocationId, limit)
      }
      if (message.type === 'ended') {
        clearTimeout(running.get(message.invocationId))
        running.delete(message.invocationId)
      }
      deps.onMessage(message, plan)
    })
    void next.loaded.then(
      () => {
        const order: RunOrder = {
          type: 'run',
          functions: [...plan.functions],
          port,
          host: deps.host,
          functionKey: deps.functionKey,
          limits: deps.limits,
          timers,
        }
        next.send(order)
      },
      () => {},
    )
    void next.ended.then((how) => {
      for (const limit of running.values()) clearTimeout(limit)
      if (stopping) return
      // As Azure's host does: a worker that ends well is thought to have been told to.
      if (how === 'exit code 0') return say(`worker ${name} ended (${how}) and is not started again`, 'error')
      if (Date.now() - born > HEALTHY_MS) pause = deps.restartMs
      say(`worker ${name} ended (${how}) and starts again in ${pause} ms`)
      restart = setTimeout(
        () => {
          life = adopt(startWorkerLife({ ...deps, log: (line) => deps.log(line, name) }))
        },
        pause + randomInt(1 + Math.ceil(pause / 10)),
      )
      pause = Math.min(pause * 2, LONGEST_RESTART_MS)
    })
    return next
  }

  return {
    ...plan,
    name,
    ready,
    pid: () => life.pid,
    port: () => port,
    trigger: (target) => life.send({ type: 'trigger', function: target }),
    stop: async (limitMs) => {
      stopping = true
      clearTimeout(restart)
      life.send({ type: 'end', late: false })
      const limit = setTimeout(() => life.kill('SIGKILL'), limitMs)
      await life.ended
      clearTimeout(limit)
    },
  }
}
