import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import type { ClusterWriter } from '../../kubernetes/cluster-writer.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'
import type { Target } from './target.ts'
import type { Targets } from './targets.ts'

const name = z.string().min(1).max(253)
/** Every tool that changes something takes it. */
export const dryRunArgument = {
  dryRun: z.boolean().default(false).describe('Only try: the cluster checks it and changes nothing'),
}
/** Every tool that looks into a cluster takes these. */
export const clusterArguments = {
  cluster: name.optional().describe('Name or alias; needed where there are several'),
  context: name.optional().describe('As cluster'),
}

type Named = { readonly cluster?: string | undefined; readonly context?: string | undefined }
export const nameOf = (args: Named) => args.cluster ?? args.context

/** The cluster that a call names, else its own session's choice, else the operator's; never one that another caller named. */
export function clusterOf(
  { targets, chosen }: Pick<ToolContext, 'targets' | 'chosen'>,
  args: Named,
): { readonly target: Target; readonly api: ClusterApi } {
  const target = targetOf(targets, args, chosen?.name() ?? targets.preferred ?? targets.currentContext?.())
  return { target, api: targets.at(target.name) }
}

/** The same for a change. The tools that change are not served where nothing may be changed; this is the second lock. */
export function writerOf(
  context: Pick<ToolContext, 'targets' | 'chosen'>,
  args: Named,
): { readonly target: Target; readonly api: ClusterApi; readonly write: ClusterWriter } {
  const { writeAt } = context.targets
  if (writeAt === undefined) throw new GiveUp('This server only reads.')
  const { targets, chosen } = context
  const target = targetOf(targets, args, chosen?.name() ?? targets.preferred)
  return { target, api: targets.at(target.name), write: writeAt(target.name) }
}

function targetOf(targets: Targets, args: Named, chosen: string | undefined): Target {
  const { cluster, context } = args
  if (cluster !== undefined && context !== undefined && targets.find(cluster) !== targets.find(context)) {
    throw new GiveUp(`cluster is "${cluster}" and context is "${context}": name one cluster.`)
  }
  const named = nameOf(args) ?? chosen
  if (named !== undefined) return targets.find(named)
  const all = targets.list()
  const [only] = all
  if (only === undefined) throw new GiveUp(noneAtAll(targets))
  if (all.length === 1) return only
  const names = all.slice(0, 20).map((target) => target.name)
  throw new GiveUp(`Say which cluster: ${names.join(', ')}${all.length > 20 ? ', … (clusters_list shows all)' : ''}.`)
}

/** What is missing, in each answer: whoever connects a server rarely sees what it said at its start. */
export function noneAtAll(targets: Targets): string {
  const problems = (targets.problems?.() ?? []).slice(0, 3)
  const why = problems.length === 0 ? '' : ` ${problems.join(' ')}`
  return `This server knows no cluster.${why} Start it with a kubeconfig (--kubeconfig, KUBECONFIG or ~/.kube/config); a file that appears there later is taken up by itself.`
}
