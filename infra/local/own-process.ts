import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Its command line; empty when there is no such process. Linux has /proc, other systems have ps. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const ps = promisify(execFile)('/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)], { timeout: 5_000 })
  return ps.then(({ stdout }) => stdout).catch(() => '')
}

/** Whether `pid` still is the process that was started with `mark` in its arguments: pids are used again. */
export const isRunning = async (pid: number, mark: string): Promise<boolean> => (await commandLine(pid)).includes(mark)

/** Ends a process and all that it started, if it still is the one that carries `mark`; by force after `limitMs`. */
export async function endProcessGroup(pid: number, mark: string, limitMs: number): Promise<void> {
  if (!(await isRunning(pid, mark))) return
  const force = Date.now() + limitMs
  if (!signalGroup(pid, 'SIGTERM')) return
  // A second limit after the force: a process that the kernel does not let go must not hold us for ever.
  while (Date.now() < force + limitMs) {
    await sleep(20)
    if (!signalGroup(pid, Date.now() < force ? 0 : 'SIGKILL')) return
  }
}

/** False when nothing of the group is left. Its number cannot be used again before that. */
function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}
