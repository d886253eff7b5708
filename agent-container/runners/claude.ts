import { z } from 'zod'
import { type Cli, LAST_WORDS, linesOf, SERVER, troubleOf } from './cli.ts'

const Block = z.looseObject({ type: z.string(), name: z.string().optional(), input: z.unknown().optional() })
const Line = z.looseObject({
  type: z.string(),
  subtype: z.string().optional(),
  message: z.looseObject({ content: z.union([z.string(), z.array(Block)]).optional() }).optional(),
  result: z.string().optional(),
  is_error: z.boolean().optional(),
  errors: z.array(z.string()).optional(),
  num_turns: z.number().optional(),
  total_cost_usd: z.number().optional(),
  usage: z
    .looseObject({
      input_tokens: z.number().default(0),
      output_tokens: z.number().default(0),
      cache_read_input_tokens: z.number().default(0),
      cache_creation_input_tokens: z.number().default(0),
    })
    .optional(),
})

/** https://docs.anthropic.com/en/docs/claude-code/cli-reference */
export const claude: Cli = {
  program: 'claude',
  providers: ['anthropic'],
  start: ({ broker, task }, home) => {
    const servers = {
      mcpServers: {
        [SERVER]: { type: 'http', url: `${broker.url}/mcp`, headers: { Authorization: `Bearer ${broker.token}` } },
      },
    }
    return {
      args: [
        ...[
          '--print',
          '--output-format',
          'stream-json',
          '--verbose',
          '--model',
          task.model,
          '--max-turns',
          String(task.turns),
        ],
        ...['--system-prompt', task.prompt.system + LAST_WORDS],
        // No tools of its own: no shell, no files, no web; only ours, unasked.
        ...[
          '--tools',
          '',
          '--mcp-config',
          `${home}/mcp.json`,
          '--strict-mcp-config',
          '--allowedTools',
          `mcp__${SERVER}`,
        ],
        ...[
          '--disallowedTools',
          'Bash,Edit,Write,Read,Glob,Grep,NotebookEdit,WebFetch,WebSearch,Task,Agent',
          '--permission-mode',
          'dontAsk',
          '--no-session-persistence',
          '--disable-slash-commands',
        ],
      ],
      environment: {
        ANTHROPIC_BASE_URL: `${broker.url}/model/anthropic`,
        ANTHROPIC_API_KEY: broker.token,
        ANTHROPIC_SMALL_FAST_MODEL: task.model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: task.model,
        CLAUDE_CONFIG_DIR: `${home}/.claude`,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_TELEMETRY: '1',
      },
      files: { 'mcp.json': JSON.stringify(servers) },
      stdin: task.prompt.user,
    }
  },
  read: ({ stdout, stderr, code }) => {
    const lines = linesOf(stdout).flatMap((value) => Line.safeParse(value).data ?? [])
    const commands = lines.flatMap(({ message }) =>
      Array.isArray(message?.content)
        ? message.content.flatMap(({ type, name = '', input }) =>
            type === 'tool_use' ? [`${name} ${JSON.stringify(input ?? {})}`] : [],
          )
        : [],
    )
    const end = lines.findLast(({ type }) => type === 'result')
    const { usage } = end ?? {}
    const summary = {
      ...(end?.num_turns === undefined ? {} : { turns: end.num_turns }),
      ...(end?.total_cost_usd === undefined ? {} : { costUsd: end.total_cost_usd }),
      ...(usage === undefined
        ? {}
        : {
            inputTokens: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
            outputTokens: usage.output_tokens,
          }),
    }
    const text = end?.result ?? ''
    if (end?.subtype === 'error_max_turns' || end?.subtype === 'error_max_budget_usd')
      return { text, commands, summary, trouble: { kind: 'quota', why: end.subtype } }
    const why =
      end?.is_error === true ? `${end.subtype ?? ''} ${text} ${(end.errors ?? []).join(' ')}` : code === 0 ? '' : stderr
    return why.trim() === '' ? { text, commands, summary } : { text, commands, summary, trouble: troubleOf(why) }
  },
}
