import type { ToolContext } from '../server/define-tool.ts'
import { clusterOf } from './cluster-argument.ts'

/** Of a tool that takes one cluster or many: those that were named, else the default; `undefined` for all. */
export function clustersOf(
  args: {
    readonly clusters?: readonly string[] | undefined
    readonly cluster?: string | undefined
    readonly context?: string | undefined
  },
  call: Pick<ToolContext, 'targets' | 'chosen'>,
): readonly string[] | undefined {
  const named = [...(args.clusters ?? []), args.cluster, args.context].filter((one) => one !== undefined)
  if (args.clusters !== undefined || named.length > 0) return named
  const meant = call.chosen?.name() ?? call.targets.preferred
  return meant === undefined ? undefined : [clusterOf(call, args).target.name]
}

/** `in all 10`, `in east, west`; nothing where only one cluster was asked. */
export function inClusters(names: readonly string[], asked: number): string {
  if (asked < 2) return ''
  if (names.length === asked) return `  in all ${asked}`
  const few = names.slice(0, 5).join(', ')
  return `  in ${few}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`
}
