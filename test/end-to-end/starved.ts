const SPIN_MS = 20
const PAUSE_MS = 300

/**
 * How many times longer than its own processor time a program takes here while something runs: 1 on a quiet machine.
 * What has a limit by the clock is judged by its share of it on a machine that others use.
 */
export async function starvedWhile<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly starved: number }> {
  let wall = 0
  let own = 0
  const look = () => {
    const began = performance.now()
    const before = ownMs()
    while (ownMs() - before < SPIN_MS);
    wall += performance.now() - began
    own += ownMs() - before
  }
  look()
  const timer = setInterval(look, PAUSE_MS)
  try {
    const result = await work()
    return { result, starved: Math.max(1, wall / own) }
  } finally {
    clearInterval(timer)
  }
}

function ownMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
