import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

const program = join(import.meta.dirname, '../../bin/nightcrier.js')
/** A trial of an agent has ten minutes, and a wait its own. */
const LIMIT_MS = 15 * 60_000

/** `nightcrier doctor --agent`, as people ask it; what is not well is an error, and so is an agent that was not started. */
export async function askDoctor(url: string, key: string, say: (line: string) => void): Promise<void> {
  const flags = ['doctor', '--agent', '--wait', '90', '--url', url, '--key', key]
  const asked = promisify(execFile)(process.execPath, [program, ...flags], { timeout: LIMIT_MS })
  const { stdout } = await asked.catch((error: { readonly stdout?: string }) => ({
    stdout: error.stdout || String(error),
  }))
  const lines = stdout.trim().split('\n')
  const wrong = lines.filter((line) => !line.startsWith('well'))
  if (wrong.length > 0) throw new Error(`doctor:\n${wrong.join('\n')}`)
  // The app leaves it out where it knows no place for agents.
  if (!lines.some((line) => /^well +an agent starts$/.test(line)))
    throw new Error(`doctor started no agent:\n${lines.join('\n')}`)
  say(`doctor: ${lines.length} of ${lines.length} well, an agent started`)
}
