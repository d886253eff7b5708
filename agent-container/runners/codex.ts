import { z } from 'zod'
import { type Cli, LAST_WORDS, linesOf, SERVER, troubleOf } from './cli.ts'

const Line = z.looseObject({
  type: z.string(),
  message: z.string().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
  usage: z.looseObject({ input_tokens: z.number().default(0), output_tokens: z.number().default(0) }).optional(),
  item: z
    .looseObject({
      type: z.string().optional(),
      text: z.string().optional(),
      server: z.string().optional(),
      tool: z.string().optional(),
      command: z.string().optional(),
      arguments: z.unknown().optional(),
    })
    .optional(),
})

/** A TOML basic string has JSON's escapes. */
const toml = (value: string): string => JSON.stringify(value)

/** What it can do beyond our tools, as `codex features list` names it: shells, helpers, goals, apps, images, plugins. */
const OFF = [
  'apps',
  'browser_use',
  'computer_use',
  'goals',
  'hooks',
  'image_generation',
  'in_app_browser',
  'plugins',
  'remote_plugin',
  'shell_snapshot',
  'shell_tool',
  'skill_mcp_dependency_install',
  'skill_search',
  'tool_suggest',
  'unified_exec',
  'view_image',
  'workspace_dependencies',
] as const

/** https://developers.openai.com/codex/config-reference */
export const codex: Cli = {
  program: 'codex',
  providers: ['openai-compatible', 'azure'],
  start: ({ broker, task }, home) => ({
    args: ['exec', '--json', '--skip-git-repo-check', '--sandbox', 'read-only', '--model', task.model, '-'],
    environment: { CODEX_HOME: `${home}/.codex`, NIGHTCRIER_TOKEN: broker.token },
    files: {
      '.codex/config.toml': [
        `model = ${toml(task.model)}`,
        `model_provider = ${toml(SERVER)}`,
        'approval_policy = "never"',
        'sandbox_mode = "read-only"',
        'web_search = "disabled"',
        'check_for_update_on_startup = false',
        `developer_instructions = ${toml(task.prompt.system + LAST_WORDS)}`,
        '',
        '[features]',
        ...OFF.map((feature) => `${feature} = false`),
        '',
        '[agents]',
        'enabled = false',
        '',
        '[analytics]',
        'enabled = false',
        '',
        '[history]',
        'persistence = "none"',
        '',
        `[model_providers.${SERVER}]`,
        `name = ${toml(SERVER)}`,
        `base_url = ${toml(`${broker.url}/model/openai/v1`)}`,
        'env_key = "NIGHTCRIER_TOKEN"',
        'wire_api = "responses"',
        '',
        `[mcp_servers.${SERVER}]`,
        `url = ${toml(`${broker.url}/mcp`)}`,
        'bearer_token_env_var = "NIGHTCRIER_TOKEN"',
        'required = true',
        '',
      ].join('\n'),
    },
    stdin: task.prompt.user,
  }),
  read: ({ stdout, stderr, code }) => {
    const lines = linesOf(stdout).flatMap((value) => Line.safeParse(value).data ?? [])
    const items = lines.flatMap(({ type, item }) => (type === 'item.completed' && item !== undefined ? [item] : []))
    const ended = lines.filter(({ type }) => type === 'turn.completed')
    const summary = {
      turns: ended.length,
      inputTokens: ended.reduce((sum, { usage }) => sum + (usage?.input_tokens ?? 0), 0),
      outputTokens: ended.reduce((sum, { usage }) => sum + (usage?.output_tokens ?? 0), 0),
    }
    const commands = items.flatMap((item) =>
      item.type === 'mcp_tool_call'
        ? [`${item.server ?? ''}.${item.tool ?? ''} ${JSON.stringify(item.arguments ?? {})}`]
        : item.type === 'command_execution'
          ? [item.command ?? '']
          : [],
    )
    const text = items.findLast(({ type }) => type === 'agent_message')?.text ?? ''
    // `error` lines alone are also told of connections that are tried again.
    const failed = lines.findLast(({ type }) => type === 'turn.failed')?.error?.message
    const why = failed ?? (code === 0 ? '' : (lines.findLast(({ type }) => type === 'error')?.message ?? stderr))
    return why === '' ? { text, commands, summary } : { text, commands, summary, trouble: troubleOf(why) }
  },
}
