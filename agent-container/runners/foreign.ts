import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { errorText } from '../../shared/runtime/errors.ts'
import { type Cli, jsonIn, type Output, type Said } from './cli.ts'
import type { Ended, Run, Runner } from './runner.ts'

/** What a program may print; a verdict is a thousandth of it. */
const MAX_OUTPUT = 8 * 1024 * 1024
/** Between the wish and the force. */
const END_MS = 2_000
/** Kept of what it printed, for the incident's logs. */
const MAX_LOG = 40_000

/** A foreign program, sealed: a home of its own, our tools and our gateway, and no shell and no web by its own settings. */
export const foreign =
  (cli: Cli): Runner =>
  async (run) => {
    const { task } = run
    if (!cli.providers.includes(task.provider))
      return {
        result: 'failed',
        why: `The runner ${cli.program} speaks to ${cli.providers.join(' or ')}, not to ${task.provider}.`,
      }
    const home = await mkdtemp(join(tmpdir(), 'runner-'))
    try {
      const output = await execute(cli, run, home)
      const said = cli.read(output)
      return await concluded(run, cli, output, said)
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }

async function concluded({ broker, signal }: Run, cli: Cli, output: Output, said: Said): Promise<Ended> {
  const about = {
    commands: said.commands.slice(0, 200).map((command) => command.slice(0, 500)),
    reported: said.summary,
    log: `${output.stdout.slice(-MAX_LOG)}\n${output.stderr.slice(-MAX_LOG / 4)}`,
  }
  if (await handedIn(broker, said.text)) return { result: 'done', why: '', ...about }
  if (signal.aborted || output.code === 124)
    return { result: 'timeout', why: `${cli.program} was not done in time.`, ...about }
  const why = said.trouble?.why ?? (output.stderr.trim().slice(-300) || 'It handed in no verdict.')
  return {
    result: said.trouble?.kind ?? 'failed',
    why: `${cli.program} ended with exit code ${output.code ?? 'of a signal'}: ${why}`,
    ...about,
  }
}

/** By the tool while it ran, or in its last words. */
async function handedIn(broker: Run['broker'], text: string): Promise<boolean> {
  try {
    if (await broker.accepted()) return true
    const verdict = jsonIn(text)
    if (verdict === undefined) return false
    // Nobody is there any more to mend what the check finds: it is handed in until it is taken as it is.
    for (let tries = 0; tries < 3; tries++) if ((await broker.submit(verdict)).accepted) return true
    return false
  } catch {
    return false
  }
}

async function execute(cli: Cli, run: Run, home: string): Promise<Output> {
  const { args, environment, files, stdin } = cli.start(run, home)
  for (const [name, content] of Object.entries(files)) {
    const path = join(home, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content, { mode: 0o600 })
  }
  const child = spawn(cli.program, args, {
    cwd: home,
    env: { PATH: run.path, HOME: home, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that what it started ends with it.
    detached: true,
  })
  const kept = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      if (kept[name].length < MAX_OUTPUT) kept[name] += text
    })
  child.stdin.on('error', () => undefined).end(stdin)
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // It has ended already.
    }
  }
  const stop = () => {
    kill('SIGTERM')
    setTimeout(() => kill('SIGKILL'), END_MS).unref()
  }
  run.signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${cli.program} could not be started: ${errorText(error)}`)))
      child.once('close', resolve)
      if (run.signal.aborted) stop()
    })
    return { ...kept, code }
  } finally {
    run.signal.removeEventListener('abort', stop)
    kill('SIGKILL')
  }
}
