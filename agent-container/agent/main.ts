import { errorText } from '../../shared/runtime/errors.ts'
import { codes, work } from './work.ts'

const log = (line: string): void => void process.stderr.write(`${line}\n`)
const { NIGHTCRIER_BROKER, NIGHTCRIER_TOKEN, PATH = '/usr/local/bin:/usr/bin:/bin' } = process.env
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
process.once('SIGINT', () => stop.abort())

if (NIGHTCRIER_BROKER === undefined || NIGHTCRIER_TOKEN === undefined) {
  log('NIGHTCRIER_BROKER and NIGHTCRIER_TOKEN are not set: an agent is started beside its broker.')
  process.exit(codes.failed)
}
try {
  process.exit(await work({ url: NIGHTCRIER_BROKER, token: NIGHTCRIER_TOKEN, path: PATH, stop, log }))
} catch (error) {
  log(`The agent failed: ${errorText(error)}`)
  process.exit(codes.failed)
}
