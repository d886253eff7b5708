import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import {
  type CallToolResult,
  type Tool as Definition,
  type ServerNotification,
  type ServerRequest,
  ToolSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { describeIssues } from '../../config/describe-issues.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Subscriptions } from '../faults/subscriptions.ts'
import type { Cursors } from '../objects/list-cursor.ts'
import { type Redact, redactAll } from '../safety/redaction.ts'
import type { Targets } from '../targets/targets.ts'
import { boundText } from './bounds.ts'
import { givenArguments } from './given-arguments.ts'

/** The cluster that one session means when a call names none. */
export type ChosenCluster = { readonly name: () => string | undefined; readonly choose: (name: string) => void }

export type ToolContext = {
  readonly targets: Targets
  readonly redact: Redact
  readonly now: () => Date
  /** Ends with the call's deadline, or when the caller no longer waits. */
  readonly signal: AbortSignal
  /** Absent for callers without a session, to whom nothing can be sent later. */
  readonly subscriptions: Subscriptions | undefined
  /** Absent likewise: a default would be everybody's. */
  readonly chosen: ChosenCluster | undefined
  readonly cursors: Cursors
  /** The tools that this caller has. */
  readonly served: readonly Tool[]
  /** The connection itself, for tools that ask their caller or tell how far they are. */
  readonly exchange: {
    readonly server: Server
    readonly extra: RequestHandlerExtra<ServerRequest, ServerNotification>
  }
}
type Effects = {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  readonly openWorldHint: boolean
}
/** Looks into a cluster and changes nothing. */
export const reads: Effects = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
}

/** Changes or ends what is there; a second time it changes nothing more. */
export const destroys: Effects = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: true,
}

export type Answer<T> = {
  readonly structured: T
  /** Drawn from what is left after redaction. */
  readonly text: (redacted: T) => string
  /** Where the caller has asked for more than is usual. */
  readonly maxTextBytes?: number
}
export type Tool = {
  readonly name: string
  /** Tools are offered by the set. */
  readonly toolset: string
  /** False: a name that works and is listed only when asked for, since another tool says the same with an argument. */
  readonly listed?: boolean
  readonly definition: Definition
  /** Its annotations, without its schemas. */
  readonly effects?: Effects
  readonly call: (args: unknown, context: ToolContext) => Promise<CallToolResult>
}

/** One tool. Its arguments are checked, and its answer is redacted, bounded and checked, whatever the tool does. */
export function defineTool<I extends z.ZodRawShape, O extends z.ZodRawShape>(tool: {
  readonly name: string
  /** Absent: `core`. */
  readonly toolset?: string
  readonly listed?: boolean
  readonly title: string
  readonly description: string
  readonly input: I
  readonly output: O
  readonly effects: Effects
  readonly run: (
    args: z.output<z.ZodObject<I, z.core.$strict>>,
    context: ToolContext,
  ) => Promise<Answer<z.output<z.ZodObject<O>>>>
}): Tool {
  const input = z.strictObject(tool.input)
  const output = z.object(tool.output)
  let made: Definition | undefined
  // Schemas are drawn for what is served only: drawing all takes a good part of a start.
  const definition = () =>
    (made ??= ToolSchema.parse({
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema: jsonSchema(input, 'input'),
      outputSchema: jsonSchema(output, 'output'),
      annotations: tool.effects,
    }))
  return {
    name: tool.name,
    toolset: tool.toolset ?? 'core',
    listed: tool.listed ?? true,
    effects: tool.effects,
    get definition() {
      return definition()
    },
    call: async (args, context) => {
      const given = givenArguments(tool.name, args, definition().inputSchema)
      const parsed = input.safeParse(given)
      if (!parsed.success)
        throw new GiveUp(`Wrong arguments for ${tool.name}: ${describeIssues(parsed.error, input, given).join('; ')}.`)
      const answer = await tool.run(parsed.data, context)
      // A cursor is ours, and only works as it is.
      const cursor = 'continue' in answer.structured ? { continue: answer.structured.continue } : {}
      const redacted = output.parse(Object.assign({}, redactAll(context.redact, answer.structured), cursor))
      return {
        content: [{ type: 'text', text: boundText(answer.text(redacted), answer.maxTextBytes) }],
        structuredContent: redacted,
      }
    },
  }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      if (io === 'input') plain(jsonSchema)
    },
  })
  return rest
}

/** Checked here all the same: some client, or the API behind it, refuses a tool for each of them (schemas.test.ts). */
const refused = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'pattern',
  'format',
  'propertyNames',
  'default',
] as const

/** What every client takes. A default is told in words, since strict modes refuse it as a keyword. */
function plain(schema: z.core.JSONSchema.BaseSchema): void {
  const usual = schema.default
  if ((typeof usual === 'number' || typeof usual === 'string' || usual === true) && usual !== '')
    schema.description = `${schema.description === undefined ? 'D' : `${schema.description}; d`}efault ${usual}`
  for (const keyword of refused) delete schema[keyword]
  if (typeof schema.additionalProperties === 'object') delete schema.additionalProperties
}
