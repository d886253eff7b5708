import { connectWithPatience } from '../../shared/runtime/connects.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { readJob } from './job.ts'
import { exits, run } from './run.ts'

/** The group is being ended: what is there is published, and nothing more is read. */
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.once('SIGINT', () => stop.abort())

const log = (line: string): void => void process.stderr.write(`${line}\n`)
connectWithPatience()
try {
  const { NIGHTCRIER_BROKER_PORT = '0' } = process.env
  process.exit(await run(await readJob(process.env), Number(NIGHTCRIER_BROKER_PORT), stop.signal, log))
} catch (error) {
  log(`The broker failed: ${errorText(error)}`)
  process.exit(exits.failed)
}
