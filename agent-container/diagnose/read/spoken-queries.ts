import { hostIn } from '../../../shared/cluster/messages/host-in.ts'
import { builtinKinds } from '../../../shared/kubernetes/builtin-kinds.ts'
import { type TellingText, tellingTexts } from '../evidence/telling-texts.ts'
import { tokenIndex, tokensOf } from '../evidence/token-index.ts'
import { serviceName } from '../snapshot/dependencies.ts'
import { type Snapshot, whether } from '../snapshot/snapshot.ts'
import { k, type Queries, type Query } from './query.ts'

/** Two objects that a sentence names tell more than ten. */
const MOST_NAMED = 4
/** `NodePool=general`, `ReferenceGrant "shop"`, `kind: Issuer, name: ca`, `certificaterequest/web-1`. */
const pair =
  /\b([A-Za-z][A-Za-z]{3,40})s?((?:[=:/]| |\s*["'“(])\s*["'“]?)(?:([a-z0-9-]+)\/)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\b/g
/** Names with dots that are no host of a cluster: drivers, resources, labels, groups of an API. */
const dotted = /(?<![\w./@-])([a-z0-9-]+(?:\.[a-z0-9-]+){1,6})(?:\/[a-z0-9.-]+)?(?![\w@])/g

/** What the telling texts name and was not read: objects by kind and name, and who writes a driver's or a device's name. */
export const spokenOf: Queries = (snapshot, subjects) => {
  const subject = subjects[0]
  if (subject === undefined) return []
  const texts = tellingTexts(snapshot, subject)
  return [...named(snapshot, texts), ...writers(snapshot, texts), ...issuers(snapshot, texts)]
}

function named(snapshot: Snapshot, texts: readonly TellingText[]): readonly Query[] {
  // Foreign groups have kinds of the same name (a Service of Knative, a NetworkPolicy of Calico): they do not take it.
  const ours = (one: Snapshot['kinds'][number]) => Number(builtinKinds.has(`${one.apiVersion} ${one.kind}`))
  const served = new Map<string, Snapshot['kinds'][number]>()
  for (const one of snapshot.kinds.toSorted((a, b) => ours(b) - ours(a)))
    if (!served.has(one.kind.toLowerCase())) served.set(one.kind.toLowerCase(), one)
  const found: Query[] = []
  let unknown = false
  for (const { text, at } of texts)
    for (const [, word = '', between = '', namespace, name = ''] of text.matchAll(pair)) {
      const kind = served.get(word.toLowerCase()) ?? served.get(word.toLowerCase().replace(/s$/, ''))
      // A kind is written with a capital inside, or as a resource: other words are the language's.
      if (kind === undefined) unknown ||= snapshot.kinds.length === 0 && /[a-z][A-Z]/.test(word)
      else if (!/^(Secret|Event|Pod|Node)$/.test(kind.kind) && name.length > 2 && isName(name, between)) {
        const place = kind.namespaced ? (namespace ?? at.namespace) : ''
        if ((kind.namespaced ? place !== '' : true) && whether(snapshot, kind.kind, place, name).is === 'unknown')
          found.push({ tool: 'get', kind: k(kind.apiVersion, kind.kind), name, namespace: place })
      }
    }
  return [...(unknown ? [{ tool: 'kinds' } as const] : []), ...found.slice(0, MOST_NAMED)]
}

/** “The NodePool has” names none; a common word does when it is written as a name. */
const isName = (name: string, between: string): boolean => /["'“(=/]/.test(between) || tokensOf(name).length > 0

/** A driver, a device or a label that nothing read so far writes down: agents of nodes and controllers do, anywhere. */
function writers(snapshot: Snapshot, texts: readonly TellingText[]): readonly Query[] {
  const index = tokenIndex(snapshot)
  const strange = texts
    .filter(({ kind }) => kind !== 'log')
    .flatMap(({ text }) => [...text.matchAll(dotted)].map(([, word = '']) => word))
    .filter((word) => /[a-z]/.test(word) && !/\.(?:svc|local|internal|yaml|json|sh|go|py|log)$/.test(word))
    .filter((word) => !index.objectsWith(word).some(({ kind }) => kind === 'DaemonSet'))
  const nodes = texts.flatMap(({ subject }) => subject.pods.flatMap(({ data }) => data.spec.nodeName ?? []))
  return strange.length === 0
    ? []
    : [
        { tool: 'list', kind: k('apps/v1', 'DaemonSet') },
        ...[...new Set(nodes)]
          .slice(0, 1)
          .map((name): Query => ({ tool: 'list', kind: k('v1', 'Pod'), fieldSelector: `spec.nodeName=${name}` })),
      ]
}

/** A certificate that is not accepted: who asks for it where the called one lives; the kubelets' where they are called. */
function issuers(snapshot: Snapshot, texts: readonly TellingText[]): readonly Query[] {
  return texts
    .filter(({ text }) => /x509|certificate|\btls: /i.test(text))
    .slice(0, 3)
    .flatMap(({ text, subject }): readonly Query[] => {
      const place = serviceName(hostIn(text, 'tls').host, subject.namespace)
      const requests = /kubelet|:10250|\btls: internal error/i.test(text)
      return [
        ...(place === undefined || snapshot.objects.every(({ namespace }) => namespace !== place.namespace)
          ? []
          : [{ tool: 'list', kind: k('cert-manager.io/v1', 'Certificate'), namespace: place.namespace } as const]),
        ...(requests
          ? [{ tool: 'list', kind: k('certificates.k8s.io/v1', 'CertificateSigningRequest') } as const]
          : []),
      ]
    })
}
