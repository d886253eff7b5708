import { stringify } from 'yaml'
import { z } from 'zod'
import type { ClusterApi, Kind } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { fitValue } from '../server/bounds.ts'
import type { ToolContext } from '../server/define-tool.ts'
import type { Target } from '../targets/target.ts'
import { withoutBookkeeping } from './list-objects.ts'

/** As YAML, which is never longer than JSON by much, it stays within what is shown of one answer. */
const MAX_BYTES = 24_000

export const objectOutput = {
  cluster: z.string(),
  object: z.looseObject({}),
  shortened: z.boolean().describe('True: long values are cut, each marked'),
}
const ObjectAnswer = z.object(objectOutput)
type ObjectAnswer = z.infer<typeof ObjectAnswer>

/** What the caller may do next. */
export const whatThereIs = ({ kind }: Kind): string =>
  kind === 'Pod'
    ? 'pods_list shows those that there are; a Deployment’s pods are named anew with each rollout.'
    : 'resources_list shows those that there are.'

/** One object. That there is none is an error which says where it was looked for. */
export async function getObject(
  target: Target,
  api: ClusterApi,
  kind: Kind,
  name: string,
  namespace: string | undefined,
  { signal, redact }: Pick<ToolContext, 'signal' | 'redact'>,
): Promise<ObjectAnswer> {
  const object = await api.get(kind, name, namespace, signal)
  if (object === undefined) {
    const where = namespace === undefined ? '' : ` in namespace "${namespace}"`
    throw new GiveUp(`Cluster "${target.name}" has no ${kind.kind} "${name}"${where}. ${whatThereIs(kind)}`)
  }
  // Redacted before anything is cut: half a secret is not known for one.
  const { value, cut } = fitValue(withoutBookkeeping(redact.object(object)), MAX_BYTES)
  return { cluster: target.name, object: objectOutput.object.parse(value), shortened: cut }
}

export const objectText = ({ cluster, object, shortened }: ObjectAnswer): string =>
  `# From cluster ${cluster}${shortened ? '; long values are cut, each marked' : ''}\n${stringify(object, { lineWidth: 0 })}`
