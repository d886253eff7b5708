import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

// The build puts the files' texts in place of these calls.
export const systemText = readFileSync(new URL('./system.md', import.meta.url), 'utf8')
export const taskText = readFileSync(new URL('./task.md', import.meta.url), 'utf8')
export const operatorText = readFileSync(new URL('./operator.md', import.meta.url), 'utf8')
/** Changes with every word of them; what an operator adds is not part of it. */
export const promptVersion = createHash('sha256')
  .update([systemText, taskText, operatorText].join('\0'))
  .digest('hex')
  .slice(0, 8)
