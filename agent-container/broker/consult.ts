import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { ClusterApi } from '../../shared/kubernetes/cluster-api.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { derivedId, randomId } from '../../shared/runtime/ids.ts'
import type { Consulted, RulesSaid } from '../diagnose/investigate.ts'
import { givesOrders } from '../diagnose/verdict/injection.ts'
import { openBudget } from '../gateway/budget.ts'
import { forward } from '../gateway/gateway.ts'
import { pricesAsOf } from '../gateway/prices.ts'
import type { Redactor } from '../journal/journal.ts'
import { promptFile, promptOf } from '../prompts/prompt.ts'
import { promptVersion } from '../prompts/texts.ts'
import { decide } from '../review/decide.ts'
import { safeText } from '../review/safe-text.ts'
import { AgentEnd } from './agent-end.ts'
import { agentTools } from './agent-tools.ts'
import { type HandIn, handInTools, openHandIn } from './hand-in.ts'
import { markedWith } from './marked.ts'
import { type Served, serve } from './serve.ts'

export type ConsultDeps = {
  readonly job: AgentJob & { readonly model: NonNullable<AgentJob['model']> }
  readonly key: string
  readonly port: number
  readonly api: ClusterApi
  readonly redactor: Redactor
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
}

/** An agent that starts beside us speaks within seconds; one that says nothing for so long is not there. */
const FIRST_WORD_MS = 45_000
/** It says every two seconds that it lives. */
const SILENCE_MS = 12_000
const POLL_MS = 50

/** Opens the door for the agent, waits until it is done, overdue or gone, and says what came of it. */
export const consult =
  (deps: ConsultDeps) =>
  async (said: RulesSaid): Promise<Consulted> => {
    const { job, clock, redactor } = deps
    const { journal } = said
    const model = job.model.model
    const others = job.others ?? []
    const notes = new Set<string>()
    const marked = markedWith(derivedId(24, randomId()))
    const prompt = promptOf(job, said.verdict, journal.entries(), marked, redactor.text, clock.now())
    const budget = openBudget(job.limits, model, job.model.price)
    const over = new AbortController()
    const dead = AbortSignal.any([deps.signal, over.signal])
    let end: AgentEnd | undefined
    let fault: 'vendor' | 'incident' | undefined

    const hand = openHandIn({ entries: journal.entries, rules: said.verdict, model, others })
    const tools = agentTools({
      ...deps,
      incident: job.incident,
      journal,
      marked,
      apiCalls: Math.max(0, job.limits.apiCalls - journal.calls()),
      ending: handInTools(hand, others),
    })
    const routes = {
      mcp: tools.handle,
      model: forward({
        ...deps,
        model: job.model,
        budget,
        redact: redactor.text,
        signal: dead,
        deadline: new Date(job.deadline),
        note: (sentence) => notes.add(sentence),
        fault: (whose) => (fault = whose),
      }),
      incident: () =>
        Response.json({
          prompt,
          runner: job.runner,
          model: job.model.model,
          provider: job.model.provider,
          turns: job.limits.turns,
          deadline: job.deadline,
          accepted: hand.accepted(),
          over: hand.accepted() || hand.givenUp() !== undefined,
        }),
      verdict: (text: string) => handedIn(text, hand),
      end: (text: string) => {
        end = AgentEnd.safeParse(jsonOf(text)).data ?? { result: 'failed', why: 'It ended without saying how.' }
        return Response.json({})
      },
    }
    const started = clock.now().getTime()
    let served: Served | undefined
    try {
      served = await serve(routes, { port: deps.port, token: job.token, dead, now: () => clock.now().getTime() })
      const why = await until(deps, served, () => (end !== undefined ? 'ended' : undefined), started)
      if (why !== undefined) notes.add(why)
    } catch (error) {
      notes.add(`The model could not be consulted: ${redactor.text(String(error))}`)
    } finally {
      over.abort()
      await served?.stop()
    }
    const spent = budget.spent()
    if (tools.repeated()) notes.add(`The model ${model} repeated itself: it asked the same more than twice.`)
    if (spent.turns > 0 && spent.costUsd === undefined)
      notes.add(`What the model ${model} costs is not known: its cap was kept by the dearest price known.`)
    const submitted = hand.result()
    // A gateway that answers in words in a model's place works for nobody, whatever the incident.
    if (fault === undefined && spent.turns > 0 && !tools.used() && hand.givenUp() === undefined) fault = 'vendor'
    const entries = journal.entries()
    const ordering = entries.filter(({ output }) => givesOrders(output)).map(({ id }) => id)
    const decided =
      submitted === undefined
        ? {
            verdict: said.verdict,
            notes: [
              `The model ${model} handed in no verdict${hand.givenUp() === undefined ? endWords(end) : ` (${hand.givenUp()})`}; the rules' verdict stands.`,
            ],
          }
        : decide({
            rules: said.verdict,
            submitted,
            entries,
            flagged: said.flags.length > 0 || ordering.length > 0 || givesOrders(job.incident.context),
            own: [job.incident.owner, job.incident.resource].map(({ kind, namespace = '', name }) => ({
              kind,
              namespace,
              name,
            })),
            model,
            redact: redactor.text,
          })
    return {
      verdict: decided.verdict,
      notes: [...decided.notes, ...notes].map((note) => redactor.text(note)),
      flags:
        said.flags.length > 0 ? [] : ordering.map((id) => `Evidence ${id} holds text that gives orders to its reader.`),
      files: {
        'prompt-sent.md': promptFile(prompt, model, job.runner),
        ...(said.verdict === undefined ? {} : { 'rules-verdict.json': JSON.stringify(said.verdict, null, 2) }),
        ...(submitted === undefined ? {} : { 'model-verdict.json': redactor.text(JSON.stringify(submitted, null, 2)) }),
        'logs/agent.log': redactor.text(logOf(end, spent, tools)),
      },
      usage: {
        model,
        turns: spent.turns,
        inputTokens: spent.inputTokens,
        outputTokens: spent.outputTokens,
        costUsd: spent.costUsd,
        ...(fault === undefined || submitted !== undefined ? {} : { fault }),
        toolCalls: tools.calls(),
        apiCalls: tools.apiCalls(),
        budget: { turns: job.limits.turns, tokens: job.limits.tokens, costUsd: job.limits.costUsd },
        versions: { runner: job.runner, prompt: promptVersion, prices: pricesAsOf },
      },
    }
  }

/** Why it is over; nothing when the agent said so itself. */
async function until(
  deps: ConsultDeps,
  served: Served,
  ended: () => string | undefined,
  started: number,
): Promise<string | undefined> {
  for (;;) {
    if (ended() !== undefined) return undefined
    if (deps.signal.aborted) return 'The time was over before the agent was done.'
    const now = deps.clock.now().getTime()
    const received = served.lastReceived()
    if (received === undefined && now - started > FIRST_WORD_MS) return 'The agent never spoke.'
    if (received !== undefined && served.busy() === 0 && now - received > SILENCE_MS) return 'The agent went silent.'
    await deps.clock.sleep(POLL_MS, deps.signal)
  }
}

function handedIn(text: string, hand: HandIn): Response {
  const answer = hand.submit(jsonOf(text))
  return Response.json({ accepted: hand.accepted(), answer }, { status: hand.accepted() ? 200 : 422 })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const endWords = (end: AgentEnd | undefined): string =>
  end === undefined || end.result === 'done' ? '' : ` (${end.result}${end.why === '' ? '' : `: ${safeText(end.why)}`})`

const logOf = (
  end: AgentEnd | undefined,
  spent: ReturnType<ReturnType<typeof openBudget>['spent']>,
  tools: { readonly calls: () => number },
): string =>
  [
    `ended: ${end === undefined ? 'without a word' : `${end.result} ${end.why}`.trim()}`,
    `turns: ${spent.turns}, tokens: ${spent.inputTokens} in, ${spent.outputTokens} out, cost: ${spent.costUsd === undefined ? 'unknown, the model is not in the price table' : `${spent.costUsd} USD`} (prices as of ${pricesAsOf})`,
    `tool calls: ${tools.calls()}`,
    ...(end?.commands ?? []).map((command) => `command: ${command}`),
    ...(end?.reported === undefined ? [] : [`the runner's own count: ${JSON.stringify(end.reported)}`]),
    ...(end?.log === undefined || end.log === '' ? [] : ['', end.log]),
  ].join('\n')
