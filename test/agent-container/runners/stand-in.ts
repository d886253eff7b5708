import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a stand-in does, by the name in its prompt's operator text. */
export type Way = 'tool' | 'words' | 'quota' | 'turns' | 'hang' | 'crash'

/**
 * A program by the CLI's name that behaves as its documents say and as it was seen to (`npm run runners`): reads its configuration where the CLI does, asks the
 * gateway once in the vendor's shape, uses the MCP server that it was given, and prints what the CLI prints.
 */
export async function standIn(folder: string, name: string, way: Way, verdict: unknown): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, name)
  await writeFile(path, `#!${process.execPath}\n${body}\nmain(${JSON.stringify({ name, way, verdict })})\n`)
  await chmod(path, 0o755)
}

const body = String.raw`
const { readFileSync, writeFileSync } = require('node:fs')
const { env, argv } = process
const read = (path) => readFileSync(path, 'utf8')
const home = env.HOME
async function stdin() { let text = ''; for await (const chunk of process.stdin) text += chunk; return text }
const flag = (name) => argv[argv.indexOf(name) + 1]
/** Where each CLI finds its MCP server, its model's address and its key. */
const config = {
  claude: () => {
    const server = JSON.parse(read(flag('--mcp-config'))).mcpServers.nightcrier
    return { mcp: server.url, auth: server.headers.Authorization, model: env.ANTHROPIC_BASE_URL + '/v1/messages', headers: { 'x-api-key': env.ANTHROPIC_API_KEY }, body: (p) => ({ model: 'claude-3-haiku', max_tokens: 900, messages: [{ role: 'user', content: p }] }) }
  },
  codex: () => {
    const toml = read(env.CODEX_HOME + '/config.toml')
    const value = (name) => JSON.parse(new RegExp('^' + name + ' = (".*")$', 'm').exec(toml)[1])
    for (const feature of ['shell_tool', 'unified_exec', 'view_image', 'apps', 'plugins']) if (!toml.includes('\n' + feature + ' = false\n')) throw new Error('not sealed')
    if (value('web_search') !== 'disabled') throw new Error('not sealed')
    return { mcp: value('url'), auth: 'Bearer ' + env[value('bearer_token_env_var')], model: value('base_url') + '/responses', headers: { authorization: 'Bearer ' + env[value('env_key')] }, body: (p) => ({ model: 'x', stream: true, instructions: value('developer_instructions'), input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: p }] }], tools: [{ type: 'namespace', name: 'mcp__nightcrier', tools: [{ type: 'function', name: 'pods_get', parameters: {} }] }, { type: 'web_search' }] }) }
  },
  gemini: () => {
    const settings = JSON.parse(read(home + '/.gemini/settings.json'))
    if (!/toolName = "\*"\ndecision = "deny"/.test(read(flag('--policy')))) throw new Error('not sealed')
    const server = settings.mcpServers.nightcrier
    return { mcp: server.httpUrl, auth: server.headers.Authorization, model: env.GOOGLE_GEMINI_BASE_URL + '/v1beta/models/x:generateContent', headers: { 'x-goog-api-key': env.GEMINI_API_KEY }, body: (p) => ({ contents: [{ role: 'user', parts: [{ text: p }] }] }) }
  },
  goose: () => {
    const yaml = read(env.XDG_CONFIG_HOME + '/goose/config.yaml')
    if (!/developer:\s+enabled: false/.test(yaml)) throw new Error('not sealed')
    return { mcp: /uri: (.*)/.exec(yaml)[1], auth: /Authorization: (.*)/.exec(yaml)[1], model: env.ANTHROPIC_HOST + '/v1/messages', headers: { 'x-api-key': env.ANTHROPIC_API_KEY }, body: (p) => ({ model: 'x', max_tokens: 900, messages: [{ role: 'user', content: p }] }) }
  },
}
async function call(at, name, args) {
  const answer = await fetch(at.mcp, { method: 'POST', headers: { authorization: at.auth, 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-06-18' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }) })
  return (await answer.json()).result.content[0].text
}
const print = (value) => process.stdout.write(JSON.stringify(value) + '\n')
async function main({ name, way, verdict }) {
  const prompt = await stdin()
  const at = config[name]()
  if (way === 'hang') { process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); return }
  const asked = await fetch(at.model, { method: 'POST', headers: { ...at.headers, 'content-type': 'application/json' }, body: JSON.stringify(at.body(prompt)) })
  const told = await asked.text()
  if (!asked.ok && way !== 'quota') { process.stderr.write(told); process.exit(1) }
  const seen = await call(at, 'pods_list_in_namespace', { namespace: 'shop' })
  const text = way === 'words' ? 'Here it is.\n' + '\x60\x60\x60json\n' + JSON.stringify(verdict) + '\n\x60\x60\x60' : 'I have handed in.'
  if (way === 'tool') await call(at, 'submit_verdict', verdict)
  const bad = way === 'quota' ? 'API Error: 429 rate_limit_error: quota exceeded' : way === 'crash' ? 'Cannot read properties of undefined' : ''
  const finish = (code) => { process.exitCode = code }
  if (name === 'claude') {
    print({ type: 'system', subtype: 'init', tools: [], mcp_servers: [{ name: 'nightcrier', status: 'connected' }] })
    print({ type: 'assistant', message: { content: [{ type: 'tool_use', id: 't1', name: 'mcp__nightcrier__pods_list_in_namespace', input: { namespace: 'shop' } }] } })
    print({ type: 'result', subtype: way === 'turns' ? 'error_max_turns' : bad ? 'error_during_execution' : 'success', is_error: bad !== '', result: bad || text, num_turns: 2, total_cost_usd: 0.0123, usage: { input_tokens: 100, output_tokens: 50, cache_read_input_tokens: 7, cache_creation_input_tokens: 3 } })
    return finish(bad || way === 'turns' ? 1 : 0)
  }
  if (name === 'codex') {
    print({ type: 'thread.started', thread_id: 'x' }); print({ type: 'turn.started' })
    print({ type: 'error', message: 'Reconnecting... 1/5' })
    print({ type: 'item.completed', item: { id: 'i1', type: 'mcp_tool_call', server: 'nightcrier', tool: 'pods_list_in_namespace', arguments: { namespace: 'shop' }, status: 'completed' } })
    if (bad) { print({ type: 'turn.failed', error: { message: bad } }); return finish(1) }
    if (way === 'turns') { print({ type: 'turn.failed', error: { message: 'usage limit reached' } }); return finish(1) }
    print({ type: 'item.completed', item: { id: 'i2', type: 'agent_message', text } })
    print({ type: 'turn.completed', usage: { input_tokens: 110, cached_input_tokens: 10, output_tokens: 50 } })
    return finish(0)
  }
  if (name === 'gemini') {
    process.stdout.write('Loaded cached credentials.\n')
    process.stdout.write(JSON.stringify({ response: bad ? null : text, stats: { models: { 'gemini-2.5-pro': { api: { totalRequests: 2 }, tokens: { prompt: 110, candidates: 40, thoughts: 10 } } }, tools: { byName: { pods_list_in_namespace: { count: 1 } } } }, ...(bad ? { error: { type: 'ApiError', message: bad, code: way === 'quota' ? 429 : 500 } } : {}) }, null, 2))
    return finish(way === 'turns' ? 53 : bad ? 1 : 0)
  }
  process.stdout.write(JSON.stringify({ messages: [{ role: 'user', content: [] }, { role: 'assistant', content: [{ type: 'toolRequest', id: '1', toolCall: { status: 'success', value: { name: 'nightcrier__pods_list_in_namespace', arguments: { namespace: 'shop' } } } }] }, { role: 'assistant', content: [{ type: 'text', text: bad || text }] }], metadata: { input_tokens: 110, output_tokens: 50, total_tokens: 160, status: bad || way === 'turns' ? 'failed: ' + (bad || 'budget of turns') : 'completed' } }))
  finish(0)
}
`
