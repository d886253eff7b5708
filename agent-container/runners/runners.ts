import type { Task } from '../agent/broker-client.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { foreign } from './foreign.ts'
import { gemini } from './gemini.ts'
import { goose } from './goose.ts'
import type { Runner } from './runner.ts'

const runners: Readonly<Record<Task['runner'], Runner>> = {
  // Loaded when chosen: an agent that runs a foreign program needs no library of models.
  builtin: async (run) => (await import('./builtin.ts')).builtin(run),
  claude: foreign(claude),
  codex: foreign(codex),
  gemini: foreign(gemini),
  goose: foreign(goose),
}
export const runnerOf = (name: Task['runner']): Runner => runners[name]
