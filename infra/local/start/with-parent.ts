import process from 'node:process'

/** Looked at this often; nobody meets the orphan in between. */
const PARENT_CHECK_MS = 1_000

/**
 * npm ends at a SIGTERM of its own and tells nobody, and a stack without a parent would go on for ever: this process
 * takes the end of its parent for its own SIGTERM. What comes back stops the looking.
 */
export function endWithParent(): () => void {
  const parent = process.ppid
  const looking = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, PARENT_CHECK_MS)
  looking.unref()
  return () => clearInterval(looking)
}
