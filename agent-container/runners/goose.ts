import { stringify } from 'yaml'
import { z } from 'zod'
import type { Task } from '../agent/broker-client.ts'
import { type Cli, jsonIn, LAST_WORDS, SERVER, troubleOf } from './cli.ts'

const Part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  toolCall: z
    .looseObject({
      value: z.looseObject({ name: z.string().optional(), arguments: z.unknown().optional() }).optional(),
    })
    .optional(),
})
const Answer = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: z.array(Part).default([]) })).default([]),
  metadata: z
    .looseObject({
      total_tokens: z.number().nullish(),
      input_tokens: z.number().nullish(),
      output_tokens: z.number().nullish(),
      status: z.string().optional(),
    })
    .optional(),
})

/** Extensions that come switched on. */
const BUILT_IN = [
  'developer',
  'computercontroller',
  'memory',
  'autovisualiser',
  'tutorial',
  'todo',
  'chatrecall',
  'extensionmanager',
  'skills',
  'code_execution',
  'apps',
  'analyze',
  'summon',
  'tom',
  'orchestrator',
]

function model(url: string, token: string, provider: Task['provider']): Record<string, string> {
  switch (provider) {
    case 'anthropic':
      return { GOOSE_PROVIDER: 'anthropic', ANTHROPIC_HOST: `${url}/model/anthropic`, ANTHROPIC_API_KEY: token }
    case 'google':
      return { GOOSE_PROVIDER: 'google', GOOGLE_HOST: `${url}/model/google`, GOOGLE_API_KEY: token }
    case 'azure':
    case 'openai-compatible':
      return {
        GOOSE_PROVIDER: 'openai',
        OPENAI_HOST: `${url}/model/openai`,
        OPENAI_BASE_PATH: 'v1/chat/completions',
        OPENAI_API_KEY: token,
      }
    default:
      return provider satisfies never
  }
}

/** https://block.github.io/goose/docs/guides/config-files and .../environment-variables */
export const goose: Cli = {
  program: 'goose',
  providers: ['anthropic', 'azure', 'openai-compatible', 'google'],
  start: ({ broker, task }, home) => {
    const ours = {
      enabled: true,
      type: 'streamable_http',
      name: SERVER,
      description: 'The cluster',
      uri: `${broker.url}/mcp`,
      headers: { Authorization: `Bearer ${broker.token}` },
      timeout: 60,
    }
    const others = BUILT_IN.map((name) => [
      name,
      { enabled: false, type: name === 'developer' ? 'builtin' : 'platform', name },
    ])
    return {
      args: [
        'run',
        '--no-session',
        '--quiet',
        '--output-format',
        'json',
        '--max-turns',
        String(task.turns),
        '--system',
        task.prompt.system + LAST_WORDS,
        '--instructions',
        '-',
      ],
      environment: {
        ...model(broker.url, broker.token, task.provider),
        GOOSE_MODEL: task.model,
        GOOSE_MODE: 'auto',
        GOOSE_DISABLE_KEYRING: '1',
        GOOSE_TELEMETRY_ENABLED: 'false',
        XDG_CONFIG_HOME: `${home}/.config`,
        XDG_DATA_HOME: `${home}/.local/share`,
        XDG_STATE_HOME: `${home}/.local/state`,
      },
      files: {
        '.config/goose/config.yaml': stringify({ extensions: { [SERVER]: ours, ...Object.fromEntries(others) } }),
      },
      stdin: task.prompt.user,
    }
  },
  read: ({ stdout, stderr, code }) => {
    const { messages = [], metadata } = Answer.safeParse(jsonIn(stdout)).data ?? {}
    const said = messages.filter(({ role }) => role === 'assistant')
    const commands = said.flatMap(({ content }) =>
      content.flatMap(({ type, toolCall }) =>
        type === 'toolRequest'
          ? [`${toolCall?.value?.name ?? ''} ${JSON.stringify(toolCall?.value?.arguments ?? {})}`]
          : [],
      ),
    )
    const summary = {
      turns: said.length,
      ...(typeof metadata?.input_tokens === 'number' ? { inputTokens: metadata.input_tokens } : {}),
      ...(typeof metadata?.output_tokens === 'number' ? { outputTokens: metadata.output_tokens } : {}),
    }
    const text =
      said
        .at(-1)
        ?.content.map((part) => part.text ?? '')
        .join('\n') ?? ''
    const failed = metadata?.status !== undefined && metadata.status !== 'completed'
    const why = code === 0 && !failed ? '' : `${metadata?.status ?? ''} ${stderr || text}`
    return why.trim() === '' ? { text, commands, summary } : { text, commands, summary, trouble: troubleOf(why) }
  },
}
