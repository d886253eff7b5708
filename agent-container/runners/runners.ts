import type { Task } from '../agent/broker-client.ts'
import type { Runner } from './runner.ts'

const foreign: Runner = async ({ task }) => ({
  result: 'failed',
  why: `The runner ${task.runner} is not in this image.`,
})

/** Loaded when chosen: an agent that runs a foreign program needs no library of models. */
const runners: Readonly<Record<Task['runner'], Runner>> = {
  builtin: async (run) => (await import('./builtin.ts')).builtin(run),
  claude: foreign,
  codex: foreign,
  gemini: foreign,
  goose: foreign,
}
export const runnerOf = (name: Task['runner']): Runner => runners[name]
