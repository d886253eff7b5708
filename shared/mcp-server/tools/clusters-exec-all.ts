import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { mergedLists, notesOf } from '../objects/merged-lists.ts'
import { boundText, fitValue } from '../server/bounds.ts'
import { defineTool, reads, type Tool } from '../server/define-tool.ts'
import { givenArguments } from '../server/given-arguments.ts'
import {
  clusterStatus,
  fanOut,
  fanOutArguments,
  missingFrom,
  problemLines,
  problemsOutput,
  tally,
  Unsuccessful,
} from '../targets/fan-out.ts'

/** All answers together, as one answer's objects and texts elsewhere; each cluster has its part. */
const ALL_BYTES = 20_000
const LEAST_BYTES = 400

export const clustersExecAll = defineTool({
  name: 'clusters_exec_all',
  toolset: 'clusters',
  title: 'Clusters: Execute on All',
  description:
    'Use when you want one reading tool (pods_list, events_list, resources_list, …) run on all or several clusters at once. Each answers for itself; lists come as one table, in the order of order_by.',
  input: {
    operation: z.string().min(1).max(100).describe('A reading tool that takes `cluster`'),
    parameters: z.string().max(20_000).default('{}').describe('Its arguments as JSON, without cluster'),
    ...fanOutArguments,
    fail_fast: z.boolean().default(false).describe('Stop at the first that does not answer'),
  },
  output: {
    operation: z.string(),
    complete: z.boolean().describe('False: some cluster has not answered, or not whole'),
    ...problemsOutput,
    counts: z.string(),
    results: z.array(
      z.object({
        cluster: z.string(),
        status: clusterStatus,
        milliseconds: z.int(),
        error: z.string().optional(),
        answer: z.looseObject({}).optional(),
        shortened: z.boolean().optional(),
      }),
    ),
  },
  effects: reads,
  run: async ({ operation, parameters: written, fail_fast, ...asked }, context) => {
    const { targets, served } = context
    const tool = innerTool(served, operation)
    // As a call of its own would understand them, since order and limit count for all clusters together.
    const parameters = givenArguments(operation, parametersIn(written), tool.definition.inputSchema)
    if ('cluster' in parameters || 'context' in parameters) {
      throw new GiveUp('parameters names a cluster: say which clusters with `clusters`.')
    }
    const count = Math.max(1, asked.clusters?.length ?? targets.list().length)
    const part = Math.max(LEAST_BYTES, Math.floor(ALL_BYTES / count))
    const args = withBound(tool, parameters, part)
    const results = await fanOut(targets, asked, { ...context, failFast: fail_fast }, async (cluster, until) => {
      const answer = await tool.call({ ...args, cluster }, { ...context, signal: until })
      if (answer.isError === true) throw new Unsuccessful(textOf(answer))
      return { answer: answer.structuredContent ?? {}, text: textOf(answer) }
    })
    const lists = mergedLists(
      results.flatMap((one) => (one.status === 'ok' ? [{ cluster: one.cluster, answer: one.value.answer }] : [])),
      orderOf(operation, args),
      typeof args.limit === 'number' ? args.limit : undefined,
    )
    const texts = new Map(results.flatMap((one) => (one.status === 'ok' ? [[one.cluster, one.value.text]] : [])))
    const rows = results.map((result) => {
      const { cluster, status, milliseconds } = result
      if (result.status !== 'ok') return { cluster, status, milliseconds, error: result.error.slice(0, 500) }
      const { value, cut } = fitValue(lists?.answers.get(cluster) ?? result.value.answer, part)
      const answer = z.looseObject({}).parse(value)
      const whole = !cut && answer.complete !== false
      return { cluster, status, milliseconds, answer, ...(whole ? {} : { shortened: true }) }
    })
    const missing = missingFrom(targets, asked)
    return {
      structured: {
        operation,
        complete: missing.problems === undefined && rows.every((row) => row.status === 'ok' && !('shortened' in row)),
        ...missing,
        counts: tally(rows),
        results: rows,
      },
      text: (answer) =>
        [
          `# ${answer.operation} on ${answer.results.length} clusters: ${answer.counts}`,
          ...(answer.complete
            ? []
            : ['Not complete: what is not shown here is unknown. Ask single clusters for more.']),
          ...problemLines(answer),
          ...answer.results.flatMap(({ cluster, status, error, answer: found, shortened }) => {
            if (lists === undefined || error !== undefined)
              return [
                `\n## ${cluster}: ${status}${shortened ? ' (cut)' : ''}`,
                error ?? boundText(texts.get(cluster) ?? '', part),
              ]
            return [...notesOf(found).map((note) => `! ${cluster}: ${note}`)]
          }),
          ...(lists === undefined ? [] : ['', lists.text]),
        ].join('\n'),
    }
  },
})

/** The same rules as for a call of its own: only what this caller is served, and only what reads. */
function innerTool(served: readonly Tool[], name: string): Tool {
  const possible = served.filter(
    ({ definition: { annotations, inputSchema }, toolset }) =>
      annotations?.readOnlyHint === true &&
      toolset !== 'clusters' &&
      toolset !== 'subscriptions' &&
      inputSchema.properties?.cluster !== undefined &&
      inputSchema.properties.clusters === undefined,
  )
  const tool = possible.find((one) => one.name === name)
  if (tool !== undefined) return tool
  const self = served.find(
    (one) =>
      one !== clustersExecAll && one.name === name && one.definition.inputSchema.properties?.clusters !== undefined,
  )
  if (self !== undefined) throw new GiveUp(`${self.name} asks all clusters by itself: call it with \`clusters\`.`)
  throw new GiveUp(
    `"${name.replace(/\p{C}/gu, '')}" cannot be run on all clusters. Possible: ${possible.map((one) => one.name).join(', ')}.`,
  )
}

/** Lists end between two objects, where a cut afterwards would end within one. */
function withBound(tool: Tool, parameters: Record<string, unknown>, part: number): Record<string, unknown> {
  if (tool.definition.inputSchema.properties?.maxBytes === undefined || 'maxBytes' in parameters) return parameters
  return { detail: 'rows', ...parameters, maxBytes: Math.max(1_500, part) }
}

/** As text, since an object that may hold anything is refused by more than one client; an object comes as its JSON, too. */
function parametersIn(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw new GiveUp('parameters must be a JSON object, such as {"namespace": "shop"}.')
  }
}

/** The order that was asked for; events come by themselves with the newest first. */
const orderOf = (operation: string, { order_by }: Record<string, unknown>): string | undefined =>
  typeof order_by === 'string' ? order_by : operation === 'events_list' ? 'LAST SEEN' : undefined

const textOf = ({ content }: CallToolResult): string =>
  content.flatMap((one) => (one.type === 'text' ? [one.text] : [])).join('\n')
