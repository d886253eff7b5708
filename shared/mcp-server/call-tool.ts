import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { errorText } from '../runtime/errors.ts'
import type { Log } from '../runtime/log.ts'
import { boundText } from './bounds.ts'
import { nameOf } from './cluster-argument.ts'
import type { Tool, ToolContext } from './define-tool.ts'
import { failureText } from './failure.ts'
import { cleanText } from './redaction.ts'

/** Expected failures become an answer for the caller to act on; a bug tells nothing of its inside. */
export async function callTool(
  tool: Tool,
  args: Record<string, unknown> | undefined,
  context: ToolContext,
  log: Log | undefined,
): Promise<CallToolResult> {
  try {
    return await tool.call(args, context)
  } catch (error) {
    const { cluster, context: other } = args ?? {}
    const named = nameOf({
      cluster: typeof cluster === 'string' ? cluster : undefined,
      context: typeof other === 'string' ? other : undefined,
    })
    const told = failureText(error, named)
    if (told === undefined) {
      const text = context.redact.text(errorText(error))
      log?.error({ tool: tool.name, error: text }, 'A tool failed unexpectedly')
    }
    const text = cleanText(
      context.redact.text(told ?? `${tool.name} failed through a fault of this server. Its log says more.`),
    )
    return { content: [{ type: 'text', text: boundText(text, 4_000) }], isError: true }
  }
}
