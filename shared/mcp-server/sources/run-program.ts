import { spawn } from 'node:child_process'
import { errorText, GiveUp } from '../../runtime/errors.ts'

/** Kubeconfigs are up to 1 MiB. */
const MAX_OUTPUT_BYTES = 2 * 1024 * 1024
const MAX_ERROR_BYTES = 8 * 1024
const AFTER_EXIT_MS = 500

/**
 * What a program writes to standard output. No shell: each argument stays one. It and whatever it has started are
 * killed when its time is over.
 */
export function runProgram(given: {
  readonly program: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly folder?: string | undefined
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}): Promise<string> {
  const { program, args, environment, folder, timeoutMs, signal } = given
  return new Promise((resolve, reject) => {
    const what = [program, ...args.slice(0, 2)].join(' ')
    const fail = (why: string) => reject(new GiveUp(`${what}: ${why}`))
    const child = spawn(program, [...args], {
      shell: false,
      // A group of its own, so that its children can be ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
      ...(folder === undefined ? {} : { cwd: folder }),
    })
    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    const timer = setTimeout(() => stop(`no end within ${timeoutMs / 1000} s; it was killed.`), timeoutMs)
    const aborted = () => stop('nobody waits for it any more; it was killed.')
    signal?.addEventListener('abort', aborted, { once: true })
    const chunks: Buffer[] = []
    let length = 0
    let complaint = ''
    let exited: NodeJS.Timeout | undefined
    function settle() {
      clearTimeout(timer)
      clearTimeout(exited)
      signal?.removeEventListener('abort', aborted)
      kill()
      child.stdout.destroy()
      child.stderr.destroy()
    }
    function stop(why: string) {
      settle()
      fail(why)
    }
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_OUTPUT_BYTES) stop('it writes over 2 MiB; it was killed.')
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < MAX_ERROR_BYTES) complaint += chunk.toString('utf8')
    })
    child.once('error', (error) => stop(`it cannot be started (${errorText(error)}). Check nsk_path and config_dir.`))
    const ended = (code: number | null, killed: string | null) => {
      settle()
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'))
      else fail(`it ended with ${code ?? killed}: ${lastLine(complaint)}`)
    }
    child.once('close', ended)
    // A child of it may hold the pipes for ever; what the program itself wrote is read by then.
    child.once('exit', (code, killed) => {
      exited = setTimeout(() => ended(code, killed), AFTER_EXIT_MS)
    })
  })
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.slice(0, 300) || 'it said nothing.'
