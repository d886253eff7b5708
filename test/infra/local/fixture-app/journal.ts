import { appendFileSync } from 'node:fs'

/** Written at once and to a file, so that it survives a killed process. */
export const note = (entry: Record<string, unknown>): void =>
  appendFileSync(process.env.JOURNAL ?? '', `${JSON.stringify({ at: Date.now(), pid: process.pid, ...entry })}\n`)

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
