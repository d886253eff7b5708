import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import type { z } from 'zod'
import { workerArguments, workerEnvironment } from '../../infra/local/host/worker-life.ts'
import { clientBundle } from './client-bundle.ts'
import type { ClientAsk } from './clients/main.ts'

/** The slowest measure takes half of it. */
const LIMIT_MS = 300_000

/** One measure in a fresh process, started as Azure's worker is; the stock client has a Node with nothing set. */
export async function clientProcess<T>(shape: z.ZodType<T>, ask: ClientAsk): Promise<T> {
  const program = ask.measure === 'report' ? join(import.meta.dirname, 'clients/main.ts') : await clientBundle()
  const asWorker = ask.client !== 'stock'
  const child = fork(program, [JSON.stringify(ask)], {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning', ...(asWorker ? workerArguments : [])],
    // The fleet's certificate is made as it starts, and its clusters have a thousand addresses: no client checks it.
    env: {
      ...process.env,
      ...(asWorker ? workerEnvironment : {}),
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_NO_WARNINGS: '1',
    },
  })
  const what = `${ask.measure} of ${ask.client} with ${ask.clusters} clusters`
  const patience = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  try {
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${what} ended with ${code ?? signal}`)
    })
    const [result] = await Promise.race([once(child, 'message'), ended])
    return shape.parse(result)
  } finally {
    clearTimeout(patience)
    child.kill('SIGKILL')
  }
}
