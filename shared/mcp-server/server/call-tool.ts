import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { errorText } from '../../runtime/errors.ts'
import type { Log } from '../../runtime/log.ts'
import { cleanText } from '../safety/redaction.ts'
import { nameOf } from '../targets/cluster-argument.ts'
import { notedTargets, nowhere, type Scope } from '../targets/noted-targets.ts'
import { type AuditLine, places } from './audit.ts'
import { boundText } from './bounds.ts'
import type { Tool, ToolContext } from './define-tool.ts'
import { failureText } from './failure.ts'

type CallRecord = {
  readonly log: Log | undefined
  readonly audit: ((line: AuditLine) => void) | undefined
  readonly who: Pick<AuditLine, 'caller' | 'session' | 'call'>
}

/** One call and its line in the audit. */
export async function callTool(
  tool: Tool,
  args: Record<string, unknown> | undefined,
  context: ToolContext,
  { log, audit, who }: CallRecord,
): Promise<CallToolResult> {
  const began = context.now().getTime()
  const scope = nowhere()
  const result = await answered(tool, args, { ...context, targets: notedTargets(context.targets, scope) }, scope, log)
  const answer = JSON.stringify(result)
  const partial = result.structuredContent?.complete === false
  const line: AuditLine = {
    ...who,
    tool: tool.name,
    ...places(scope),
    outcome: result.isError === true ? 'error' : partial ? 'partial' : 'ok',
    milliseconds: context.now().getTime() - began,
    bytes: Buffer.byteLength(answer),
    writes: scope.writes,
    redactions: answer.split('‹redacted').length - 1,
  }
  if (audit === undefined) log?.info({ audit: line }, 'A tool was called')
  else audit(line)
  return result
}

/** Expected failures become an answer for the caller to act on; a bug tells nothing of its inside. */
async function answered(
  tool: Tool,
  args: Record<string, unknown> | undefined,
  context: ToolContext,
  scope: Scope,
  log: Log | undefined,
): Promise<CallToolResult> {
  try {
    return await tool.call(args, context)
  } catch (error) {
    // Where it looked, which a call that names no cluster may not know.
    const [only, ...others] = scope.clusters
    const message = failureText(error, others.length === 0 ? (only ?? namedIn(args)) : undefined)
    if (message === undefined) {
      const text = context.redact.text(errorText(error))
      log?.error({ tool: tool.name, error: text }, 'A tool failed unexpectedly')
    }
    const text = cleanText(
      context.redact.text(message ?? `${tool.name} failed through a fault of this server. Its log says more.`),
    )
    return { content: [{ type: 'text', text: boundText(text, 4_000) }], isError: true }
  }
}

function namedIn(args: Record<string, unknown> | undefined): string | undefined {
  const { cluster, context: other } = args ?? {}
  return nameOf({
    cluster: typeof cluster === 'string' ? cluster : undefined,
    context: typeof other === 'string' ? other : undefined,
  })
}
