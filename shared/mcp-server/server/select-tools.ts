import { GiveUp } from '../../runtime/errors.ts'
import type { Tool } from './define-tool.ts'

/** Which of the tools there are a server offers. Absent: all that only read. */
export type ToolChoice = {
  /** Only the tools of these sets. */
  readonly toolsets?: readonly string[]
  /** Only these tools. */
  readonly allowTools?: readonly string[]
  /** None of these tools. */
  readonly denyTools?: readonly string[]
  /** Also tools that change a cluster. */
  readonly readWrite?: boolean
  /** Of those, none that destroys. */
  readonly disableDestructive?: boolean
  /** Also list what works and is not listed else. */
  readonly listAll?: boolean
}

/** GiveUp for a name that no tool or set has: a typing error in a deny list must not let a tool through. */
export function selectTools(all: readonly Tool[], choice: ToolChoice): readonly Tool[] {
  const { toolsets, allowTools, denyTools = [], readWrite = false, disableDestructive = false } = choice
  const sets = [...new Set(all.map(({ toolset }) => toolset))]
  const names = [...new Set(all.map(({ name }) => name))]
  known('toolset', toolsets ?? [], sets)
  known('tool', [...(allowTools ?? []), ...denyTools], names)
  const chosen = all.filter((tool) => {
    const { name, toolset, effects } = tool
    if (toolsets !== undefined && !toolsets.includes(toolset)) return false
    if (allowTools !== undefined && !allowTools.includes(name)) return false
    if (denyTools.includes(name)) return false
    if (!changes(tool)) return true
    return readWrite && !(disableDestructive && (effects ?? tool.definition.annotations)?.destructiveHint !== false)
  })
  const reading = new Set(all.filter((tool) => !changes(tool)).map(({ name }) => name))
  const changing = allowTools?.find((name) => !readWrite && !reading.has(name))
  if (changing !== undefined) throw new GiveUp(`${changing} changes clusters: it needs --read-only=false.`)
  if (chosen.length === 0) throw new GiveUp('No tool is left: loosen the toolsets, the allow list or the deny list.')
  // A tool that reads and one that also changes may bear one name: whoever may change is given the latter.
  const both = new Set(chosen.filter(changes).map(({ name }) => name))
  return chosen.filter((tool) => changes(tool) || !both.has(tool.name))
}

const changes = (tool: Tool): boolean => (tool.effects ?? tool.definition.annotations)?.readOnlyHint !== true

function known(what: string, asked: readonly string[], all: readonly string[]) {
  const wrong = asked.filter((name) => !all.includes(name))
  if (wrong.length === 0) return
  const shown = wrong.map((name) => `"${name.slice(0, 80)}"`).join(', ')
  throw new GiveUp(`There is no ${what} ${shown}. Known: ${all.join(', ')}.`)
}
