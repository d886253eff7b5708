import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { Incident } from '../../shared/incident/incident.ts'
import { type ClusterApi, ClusterApiError } from '../../shared/kubernetes/cluster-api.ts'
import type { Tool } from '../../shared/mcp-server/server/define-tool.ts'
import { failureText } from '../../shared/mcp-server/server/failure.ts'
import { createStatelessHandler } from '../../shared/mcp-server/server/stateless.ts'
import { lazyTargets } from '../../shared/mcp-server/targets/targets.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { errorText, GiveUp } from '../../shared/runtime/errors.ts'
import type { Journal, Redactor } from '../journal/journal.ts'
import { clean } from '../journal/render.ts'
import { evidenceRead } from './evidence-read.ts'
import type { Marked } from './marked.ts'
import { openPaging } from './paging.ts'
import { openRepeats } from './repeats.ts'
import { revisionsDiff } from './revisions-diff.ts'

export type ToolDeps = {
  readonly api: ClusterApi
  readonly incident: Incident
  readonly journal: Journal
  readonly redactor: Redactor
  readonly clock: Clock
  readonly marked: Marked
  /** Calls to the cluster that the agent may cause. */
  readonly apiCalls: number
  /** The tools that end the investigation. */
  readonly ending: readonly Tool[]
}

/** Of those that the server has: one cluster, nothing that subscribes, no two ways for the same. */
const OFFERED = [
  'pods_list_in_namespace',
  'pods_get',
  'pods_log',
  'api_resources',
  'resources_list',
  'resources_get',
  'events_list',
  'pods_top',
  'nodes_top',
]
/** One answer; four of these are as much as a verdict has ever needed. */
const MAX_ANSWER = 16_000
/** All answers together: with the prompt about 40,000 tokens, whatever the cluster's size. */
const MAX_ALL = 84_000
/** Reads of the cluster at the same time: a model may ask for hundreds in one breath. */
const AT_ONCE = 6
/** What a report's evidence holds, less than what the rules may have read. */
const MAX_READS = 150

/** The agent's way into the cluster: read-only, this cluster only, each answer in the journal before it is shown. */
export function agentTools(deps: ToolDeps) {
  const { journal, clock, incident } = deps
  let shown = 0
  let reads = 0
  let calls = 0
  let apiCalls = 0
  let evidenceReads = 0
  let handIns = 0
  const paging = openPaging()
  const repeats = openRepeats()
  const turn = atMost(AT_ONCE)

  /** The end of a log holds the reason; of all else the beginning says what it is. */
  const within = (text: string, tail: boolean): string => {
    const room = Math.min(MAX_ANSWER, Math.max(0, MAX_ALL - shown))
    if (text.length <= room) return text
    const mark = `[cut here: ${text.length - room} characters are not shown]`
    return tail
      ? `${text.slice(0, 200)}\n${mark}\n${text.slice(-Math.max(0, room - 200))}`
      : `${text.slice(0, room)}\n${mark}`
  }

  const journalled = (tool: Tool): Tool => {
    const { outputSchema: _, ...definition } = tool.definition
    return {
      ...tool,
      definition: { ...definition, inputSchema: withoutCluster(definition.inputSchema) },
      async call(args, context) {
        calls++
        if (reads >= MAX_READS || shown >= MAX_ALL)
          return answer('There is no room for further looks: hand in your verdict now with submit_verdict.', true)
        const given: Record<string, unknown> = typeof args === 'object' && args !== null ? { ...args } : {}
        const before = repeats.before(tool.name, given)
        if (before !== undefined) return answer(before, true)
        // Counted before it is made: many at once are as many looks.
        reads++
        const leave = await turn()
        const started = clock.now()
        let whole = ''
        let status = 200
        try {
          const result = await tool.call({ ...paging.resolved(given), cluster: incident.cluster }, context)
          whole = clean(paging.named(textOf(result), result.structuredContent?.continue))
        } catch (error) {
          const text = failureText(error, undefined)
          // Wrong arguments: nothing was looked at.
          if (error instanceof GiveUp && /^Wrong arguments|^There is no cluster/.test(error.message)) {
            reads--
            return answer(error.message, true)
          }
          status = error instanceof ClusterApiError ? error.status : error instanceof GiveUp ? 404 : 500
          whole = clean(deps.redactor.text(text ?? `It failed: ${errorText(error)}`))
        } finally {
          leave()
        }
        const output = within(whole, tool.name === 'pods_log')
        shown += output.length
        const safe = safeArguments(given, deps.redactor)
        const id = journal.note({
          tool: tool.name,
          arguments: safe,
          status,
          truncated: output !== whole,
          output,
          started,
          whole,
        })
        repeats.answered(tool.name, given, id)
        return answer(deps.marked(id, output), status !== 200)
      },
    }
  }

  const counted = (api: ClusterApi): ClusterApi => {
    const count = () => {
      if (++apiCalls > deps.apiCalls)
        throw new ClusterApiError(`The ${deps.apiCalls} calls to the cluster of this incident are used.`, 429, 'Budget')
    }
    return {
      ...api,
      get: async (...args) => {
        count()
        return api.get(...args)
      },
      list: async (...args) => {
        count()
        return api.list(...args)
      },
      log: async (...args) => {
        count()
        return api.log(...args)
      },
      watch: async () => {
        throw new ClusterApiError('Nothing is watched here.', 403, 'Forbidden')
      },
    }
  }

  const target = { name: incident.cluster, aliases: [], server: '', namespace: incident.namespace || 'default' }
  const handle = createStatelessHandler({
    targets: lazyTargets([{ target, open: () => counted(deps.api) }]),
    redact: deps.redactor,
    clock,
    choice: { allowTools: OFFERED },
    around: journalled,
    additions: {
      tools: [
        evidenceRead(
          deps,
          () => Math.min(MAX_ANSWER, Math.max(0, MAX_ALL - shown)),
          (size) => {
            evidenceReads++
            shown += size
          },
        ),
        journalled(revisionsDiff),
        ...deps.ending.map(
          (tool): Tool => ({
            ...tool,
            call: (...args) => {
              handIns++
              return tool.call(...args)
            },
          }),
        ),
      ],
      capabilities: {},
      register: () => undefined,
    },
  })
  return {
    handle,
    calls: () => calls,
    /** Whether the model called any tool; one that hands in again and again in vain does so, too. */
    used: () => calls + evidenceReads + handIns > 0,
    apiCalls: () => apiCalls,
    repeated: repeats.seen,
  }
}

/** A place among so many; given back by calling what comes. */
function atMost(places: number): () => Promise<() => void> {
  let busy = 0
  const waiting: (() => void)[] = []
  const leave = () => {
    busy--
    waiting.shift()?.()
  }
  return async () => {
    if (busy >= places) await new Promise<void>((resolve) => waiting.push(resolve))
    busy++
    return leave
  }
}

/** There is one cluster: nothing to choose, and nothing to get wrong. */
function withoutCluster(schema: Tool['definition']['inputSchema']): Tool['definition']['inputSchema'] {
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'cluster' && name !== 'context'),
  )
  return { ...schema, properties }
}

/** They stand in the report, too. */
const safeArguments = (given: Record<string, unknown>, redactor: Redactor): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given)
      .slice(0, 20)
      .map(([key, value]) => [
        key.slice(0, 60),
        typeof value === 'string' ? clean(redactor.text(value)).slice(0, 300) : typeof value === 'object' ? '…' : value,
      ]),
  )

const textOf = (result: CallToolResult): string =>
  result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
const answer = (text: string, isError: boolean): CallToolResult => ({ content: [{ type: 'text', text }], isError })
