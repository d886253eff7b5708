import type { ToolInfo } from './session.ts'

/** Servers have fifty tools with many arguments, and a thousand connections would each keep the names of all. */
const USED = [
  'events_subscribe',
  'events_unsubscribe',
  'events_list_subscriptions',
  'resources_list',
  'resources_get',
] as const

export type ToolFamily = {
  /** What gateways put in front of every name. */
  readonly prefix: string
  /** Under their plain names. */
  readonly tools: readonly ToolInfo[]
  /** Why none can be used, although there are some. */
  readonly problem: string
}

/** The tools that a watch needs, also behind a gateway that renames them; of several such sets none is guessed. */
export function toolFamily(all: readonly ToolInfo[]): ToolFamily {
  const families = new Map<string, ToolInfo[]>()
  for (const tool of all) {
    const plain = USED.find((one) => tool.name === one || /[^a-z0-9]$/i.test(before(tool.name, one)))
    if (plain === undefined) continue
    const prefix = before(tool.name, plain)
    families.set(prefix, [...(families.get(prefix) ?? []), { ...tool, name: plain }])
  }
  const own = families.get('')
  if (own !== undefined) return { prefix: '', tools: own, problem: '' }
  const [first, ...others] = families
  if (first === undefined) return { prefix: '', tools: [], problem: '' }
  if (others.length === 0) return { prefix: first[0], tools: first[1], problem: '' }
  const names = [...families.keys()].slice(0, 5).map((prefix) => `${prefix}…`)
  return {
    prefix: '',
    tools: [],
    problem: `the server offers the tools of several clusters (${names.join(', ')}): put the address of one of them into mcp.endpoint`,
  }
}

/** '' also when it does not end in it; the caller has made sure of that, or tests for a separator. */
const before = (name: string, plain: string): string => (name.endsWith(plain) ? name.slice(0, -plain.length) : '')
