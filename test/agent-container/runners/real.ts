import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { Command } from 'commander'
import type { Heard, Say } from '../../fakes/model-server.ts'
import { consulted } from '../consulted.ts'
import { crashingWeb, crashOfWeb, foreignVerdict } from '../crashing-web.ts'

/**
 * The real programs before a scripted model, by hand: `npm i` them somewhere and name the folder of their executables.
 * Each must be given our tools and no other that runs or fetches something, must hand in through them, and must refuse
 * the shell when the model asks for it all the same.
 */
const shapes = {
  claude: { provider: 'anthropic', model: 'claude-haiku-4-5', shell: 'Bash' },
  codex: { provider: 'openai-compatible', model: 'gpt-5', shell: 'exec_command' },
  gemini: { provider: 'google', model: 'gemini-2.5-pro', shell: 'run_shell_command' },
} as const
/** Codex's readers of MCP resources, of which we serve none, and its question to a user who is not there. */
const harmless = /list_mcp_resource|read_mcp_resource|request_user_input/

async function tryOut(name: keyof typeof shapes, path: string) {
  const folder = mkdtempSync(join(tmpdir(), 'real-'))
  const owned = join(folder, 'owned')
  const { shell, ...shape } = shapes[name]
  const offered = new Set<string>()
  const script = ({ turn, tools }: Heard): Say => {
    for (const tool of tools) offered.add(tool)
    const named = (tail: string) => tools.find((tool) => tool.endsWith(tail)) ?? tail
    if (turn === 1) return { calls: [{ name: named('pods_list_in_namespace'), input: { namespace: 'shop' } }] }
    if (turn === 2) return { calls: [{ name: shell, input: { command: `id > ${owned}`, cmd: `id > ${owned}` } }] }
    if (turn === 3) return { calls: [{ name: named('submit_verdict'), input: foreignVerdict }] }
    return { text: 'Handed in.' }
  }
  try {
    const one = await consulted({
      simulator: crashingWeb,
      incident: crashOfWeb,
      runner: name,
      ...shape,
      path,
      script,
      seconds: 90,
    })
    const foreign = [...offered].filter((tool) => !tool.includes('nightcrier') && !harmless.test(tool))
    return {
      program: name,
      version: execFileSync(name, ['--version'], { env: { PATH: path, HOME: folder }, encoding: 'utf8' }).trim(),
      'our tools': [...offered].filter((tool) => tool.includes('nightcrier')).length,
      'other tools': foreign.join(' '),
      'shell ran': existsSync(owned),
      'tool calls': one.bundle.usage.toolCalls,
      tokens: one.bundle.usage.inputTokens + one.bundle.usage.outputTokens,
      ended: one.codes.agent,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const [folders = []] = [new Command('runners').argument('<folders...>', 'where claude, codex, gemini are').parse().args]
const path = [...folders.map((folder) => resolve(folder)), dirname(process.execPath), '/usr/bin', '/bin'].join(
  delimiter,
)
const rows = []
for (const name of Object.keys(shapes) as (keyof typeof shapes)[])
  if (folders.some((folder) => existsSync(join(folder, name)))) rows.push(await tryOut(name, path))
console.table(rows)
const wrong = rows.filter(
  (row) =>
    row['our tools'] < 8 || row['other tools'] !== '' || row['shell ran'] || row.ended !== 0 || row['tool calls'] < 1,
)
for (const { program } of wrong) console.error(`${program} is not as it should be.`)
process.exitCode = rows.length === 0 || wrong.length > 0 ? 1 : 0
