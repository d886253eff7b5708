import { readFileSync } from 'node:fs'

// The build puts the files' texts in place of these calls.
export const systemText = readFileSync(new URL('./system.md', import.meta.url), 'utf8')
export const taskText = readFileSync(new URL('./task.md', import.meta.url), 'utf8')
export const operatorText = readFileSync(new URL('./operator.md', import.meta.url), 'utf8')
