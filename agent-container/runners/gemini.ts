import { z } from 'zod'
import { type Cli, jsonIn, LAST_WORDS, SERVER, troubleOf } from './cli.ts'

const count = z.number().default(0)
const Answer = z.looseObject({
  response: z.string().nullish(),
  stats: z
    .looseObject({
      models: z
        .record(
          z.string(),
          z.looseObject({
            api: z.looseObject({ totalRequests: count }).optional(),
            tokens: z.looseObject({ prompt: count, candidates: count, thoughts: count }).optional(),
          }),
        )
        .default({}),
      tools: z.looseObject({ byName: z.record(z.string(), z.looseObject({ count })).default({}) }).optional(),
    })
    .optional(),
  error: z
    .looseObject({ message: z.string().default(''), code: z.union([z.number(), z.string()]).optional() })
    .nullish(),
})

/** No tool but those of our server, which run unasked: what is denied for all is not even shown to the model. */
const POLICY = `[[rule]]
toolName = "*"
decision = "deny"
priority = 1

[[rule]]
mcpName = "${SERVER}"
toolName = "*"
decision = "allow"
priority = 999
`

/** https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/headless.md: 53 is the limit of turns, 42 wrong input. */
const TURN_LIMIT = 53

export const gemini: Cli = {
  program: 'gemini',
  providers: ['google'],
  start: ({ broker, task }, home) => {
    const settings = {
      mcpServers: {
        [SERVER]: { httpUrl: `${broker.url}/mcp`, headers: { Authorization: `Bearer ${broker.token}` }, trust: true },
      },
      mcp: { allowed: [SERVER] },
      model: { name: task.model, maxSessionTurns: task.turns },
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { disableAutoUpdate: true, disableUpdateNag: true },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
    }
    return {
      args: [
        ...['--output-format', 'json', '--model', task.model],
        ...['--allowed-mcp-server-names', SERVER, '--policy', `${home}/policy.toml`],
      ],
      environment: {
        GEMINI_API_KEY: broker.token,
        GOOGLE_GEMINI_BASE_URL: `${broker.url}/model/google`,
        GEMINI_SYSTEM_MD: `${home}/system.md`,
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
      },
      files: {
        '.gemini/settings.json': JSON.stringify(settings),
        'policy.toml': POLICY,
        'system.md': task.prompt.system + LAST_WORDS,
      },
      stdin: task.prompt.user,
    }
  },
  read: ({ stdout, stderr, code }) => {
    const { response, stats, error } = Answer.safeParse(jsonIn(stdout)).data ?? {}
    const models = Object.values(stats?.models ?? {})
    const sum = (of: (one: (typeof models)[number]) => number) => models.reduce((all, one) => all + of(one), 0)
    const summary = {
      turns: sum(({ api }) => api?.totalRequests ?? 0),
      inputTokens: sum(({ tokens }) => tokens?.prompt ?? 0),
      outputTokens: sum(({ tokens }) => (tokens?.candidates ?? 0) + (tokens?.thoughts ?? 0)),
    }
    const commands = Object.entries(stats?.tools?.byName ?? {}).map(([name, tool]) => `${name} ×${tool.count}`)
    const text = response ?? ''
    if (code === TURN_LIMIT)
      return { text, commands, summary, trouble: { kind: 'quota', why: 'The limit of turns was reached.' } }
    const why = error?.message ?? (code === 0 ? '' : stderr)
    return why === ''
      ? { text, commands, summary }
      : { text, commands, summary, trouble: troubleOf(`${error?.code ?? ''} ${why}`) }
  },
}
