import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const program = join(import.meta.dirname, '../../bin/nightcrier.js')
/** A trial of an agent has ten minutes, and a wait its own. */
const LIMIT_MS = 15 * 60_000

/** `nightcrier doctor --agent`, as people ask it; what is not well is an error. */
export async function askDoctor(url: string, key: string, say: (line: string) => void): Promise<void> {
  const flags = ['doctor', '--agent', '--wait', '90', '--url', url, '--key', key]
  const asked = promisify(execFile)(process.execPath, [program, ...flags], { timeout: LIMIT_MS })
  const { stdout } = await asked.catch((error: { readonly stdout?: string }) => ({
    stdout: error.stdout ?? String(error),
  }))
  const lines = stdout.trim().split('\n')
  const wrong = lines.filter((line) => !line.startsWith('well'))
  if (wrong.length > 0) throw new Error(`doctor:\n${wrong.join('\n')}`)
  say(
    `doctor: ${lines.length} of ${lines.length} well, ${lines.filter((line) => line.includes('agent starts')).length} agent started`,
  )
}
