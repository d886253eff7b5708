import type { Tool as Definition } from '@modelcontextprotocol/sdk/types.js'
import type { Tool } from './define-tool.ts'
import type { ToolChoice } from './select-tools.ts'

/**
 * What tools/list shows. Every word there is read by a model with each request, so names that only repeat what another
 * tool says with an argument, second names of arguments, and hints that mean nothing beside others are left out; all of
 * them work when they are used, and are shown where somebody asked for them.
 */
export function listedTools(tools: readonly Tool[], choice: ToolChoice): Definition[] {
  if (choice.listAll === true) return tools.map(({ definition }) => definition)
  const named = new Set(choice.allowTools ?? [])
  // A set that was asked for by name and has nothing else to show, shows what it has.
  const shown = new Set(tools.flatMap(({ listed, toolset }) => (listed === false ? [] : [toolset])))
  const bare = new Set((choice.toolsets ?? []).filter((toolset) => !shown.has(toolset)))
  return tools
    .filter(({ listed, name, toolset }) => listed !== false || named.has(name) || bare.has(toolset))
    .map(({ definition }) => slim(definition))
}

function slim(definition: Definition): Definition {
  const { context, ...properties } = definition.inputSchema.properties ?? {}
  const second = context !== undefined && 'cluster' in properties
  return {
    ...definition,
    inputSchema: second ? { ...definition.inputSchema, properties } : definition.inputSchema,
    ...(definition.annotations === undefined ? {} : { annotations: hints(definition.annotations) }),
  }
}

/** What destroys, and what may be repeated, is asked only of what changes something; an open world is the default. */
function hints(all: NonNullable<Definition['annotations']>): NonNullable<Definition['annotations']> {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = all
  if (readOnlyHint !== true) return all
  // Clients that know no more than this one take its absence for destruction.
  const plain = { readOnlyHint, ...(destructiveHint === undefined ? {} : { destructiveHint }) }
  return {
    ...plain,
    ...(openWorldHint === false ? { openWorldHint } : {}),
    ...(idempotentHint === false ? { idempotentHint } : {}),
  }
}
