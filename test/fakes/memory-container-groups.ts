import type { ContainerGroups, Group, GroupSpec } from '../../shared/runtime/container-groups.ts'

export type MemoryContainerGroups = ContainerGroups & {
  /** Every group that was ever started, in order, also those removed since. */
  readonly started: readonly GroupSpec[]
  /** No further group starts while true. */
  full: boolean
  /** What would happen inside: the group runs, ends, says something. */
  readonly become: (name: string, change: Partial<Pick<Group, 'state' | 'exitCode'>>) => void
  readonly say: (name: string, container: string, text: string) => void
}

const MAX_LOG_BYTES = 64 * 1024

export function memoryContainerGroups(): MemoryContainerGroups {
  const groups = new Map<
    string,
    { readonly group: Group; readonly spec: GroupSpec; readonly logs: Map<string, string> }
  >()
  const started: GroupSpec[] = []
  const at = (name: string) => {
    const found = groups.get(name)
    if (!found) throw new Error(`there is no group ${name}`)
    return found
  }
  const fake: MemoryContainerGroups = {
    started,
    full: false,
    start: async (spec) => {
      if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(spec.name))
        throw new Error(`not a name for a container group: ${spec.name}`)
      if (groups.has(spec.name)) return 'already-there'
      if (fake.full) return 'no-capacity'
      groups.set(spec.name, {
        group: { name: spec.name, state: 'pending', tags: { ...spec.tags } },
        spec: structuredClone(spec),
        logs: new Map(),
      })
      started.push(structuredClone(spec))
      return 'started'
    },
    list: async () => [...groups.values()].map(({ group }) => group),
    get: async (name) => groups.get(name)?.group,
    logs: async (name, container) =>
      Buffer.from(groups.get(name)?.logs.get(container) ?? '')
        .subarray(-MAX_LOG_BYTES)
        .toString('utf8'),
    remove: async (name) => void groups.delete(name),
    become: (name, change) => {
      const { group, ...rest } = at(name)
      groups.set(name, { ...rest, group: { ...group, ...change } })
    },
    say: (name, container, text) => {
      const { logs } = at(name)
      logs.set(container, (logs.get(container) ?? '') + text)
    },
  }
  return fake
}
