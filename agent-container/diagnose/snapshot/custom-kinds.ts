import { isCustomGroup } from '../../../shared/cluster/view/view-custom.ts'
import { builtinKinds } from '../../../shared/kubernetes/builtin-kinds.ts'

/** Of somebody else than Kubernetes: the autoscaler for sizes has a group that looks like its own. */
export const isCustomKind = (apiVersion: string): boolean =>
  isCustomGroup(apiVersion) || /^autoscaling\.k8s\.io\//.test(apiVersion)

const builtinNames: ReadonlySet<string> = new Set([...builtinKinds.keys()].map((key) => key.split(' ')[1] ?? ''))

/** Somebody's own kind with the name of a built-in one (Calico's NetworkPolicy, Knative's Service): it means another thing. */
export const isNamesake = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean =>
  builtinNames.has(kind) && isCustomKind(apiVersion)

/** What tells kinds of one name apart. Built-in ones move between groups and versions, and stay the same objects. */
export const kindKey = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string =>
  isCustomKind(apiVersion) ? `${apiVersion.split('/')[0]} ${kind}` : kind

/** `istio` of `networking.istio.io`, `metallb` of `metallb.io`: who makes a kind calls its programs so, too. */
export const makersOf = (apiVersion: string): readonly string[] =>
  (apiVersion.split('/')[0] ?? '')
    .split('.')
    .slice(0, -1)
    .filter((word) => word.length > 3 && !/^(k8s|apps|core|networking|security|policy|autoscaling|config)$/.test(word))
