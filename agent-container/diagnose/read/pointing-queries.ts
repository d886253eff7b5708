import { kindsSpokenOf } from '../../../shared/cluster/messages/domains.ts'
import { builtinKinds } from '../../../shared/kubernetes/builtin-kinds.ts'
import type { KindInfo } from '../../../shared/kubernetes/cluster-api.ts'
import { type TellingText, tellingTexts } from '../evidence/telling-texts.ts'
import { isCustomKind, kindKey, makersOf } from '../snapshot/custom-kinds.ts'
import { producerKinds } from '../snapshot/producers.ts'
import { eventsOf, type Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { isWeak, symptomsOf } from '../symptoms/symptoms-of.ts'
import { k, type Queries, type Query } from './query.ts'

/** A cluster may serve hundreds of kinds: the likeliest are worth a call each, within the budget, in all rounds together. */
const MOST = 8
/** What such kinds are mostly called that decide about the traffic, the size or the admission of others. */
const deciding =
  /(Policy|Rule|Route|Autoscaler|ScaledObject|Budget|Quota|Limit|Pool|Authentication|Filter|Entry|Sidecar|VirtualService)$/

/**
 * Read in reverse: nothing in a workload names the rule of a mesh, the autoscaler or the policy that points at it. Of
 * the kinds that the cluster serves those are listed that a telling text speaks of, whose makers show themselves around
 * the subject, and in its namespace those that decide about others.
 */
export const pointing: Queries = (snapshot, subjects) => {
  const subject = subjects[0]
  if (subject === undefined || symptomsOf(snapshot, subject).every(isWeak)) return []
  if (snapshot.kinds.length === 0) return [{ tool: 'kinds' }]
  const texts = tellingTexts(snapshot, subject)
  const around = wordsAround(snapshot, subject, texts)
  const spoken = new Set(texts.slice(0, 12).flatMap(({ text }) => [...kindsSpokenOf(text)]))
  const said = texts.map(({ text }) => text.toLowerCase()).join('\n')
  const read = readBefore(snapshot)
  return snapshot.kinds
    .filter((one) => !read.has(kindKey(one)))
    .filter(({ kind, verbs }) => verbs.includes('list') && !/^(Secret|Event|Lease|Node|Namespace)$/.test(kind))
    .map((one) => ({ one, score: scoreOf(one) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, Math.max(0, MOST - read.size))
    .flatMap(({ one, score }): readonly Query[] => {
      const kind = k(one.apiVersion, one.kind)
      if (!one.namespaced || score > 1) return [{ tool: 'list', kind }]
      return subject.namespace === '' ? [] : [{ tool: 'list', kind, namespace: subject.namespace }]
    })

  function scoreOf(one: KindInfo): number {
    const own = isCustomKind(one.apiVersion)
    const named = one.kind.length > 6 && /[a-z][A-Z]/.test(one.kind) && said.includes(one.kind.toLowerCase())
    const about = named || spoken.has(one.kind)
    if (!own) return about && !one.namespaced && !builtinAndRead(one) ? 3 : 0
    return (
      (about ? 3 : 0) +
      (makersOf(one.apiVersion).some((word) => around.has(word)) ? 2 : 0) +
      Number(deciding.test(one.kind))
    )
  }
}

/** Kinds of others that were listed, or refused, in the rounds before; who writes Secrets is listed in any case. */
function readBefore({ lists, gaps, kinds }: Snapshot): ReadonlySet<string> {
  const refused = new Set(gaps.map(({ kind }) => kind))
  return new Set(
    [...lists.filter(({ name }) => name === undefined), ...kinds.filter(({ kind }) => refused.has(kind))].flatMap(
      (one) =>
        isCustomKind(one.apiVersion) && !producerKinds.some(({ kind }) => kind === one.kind) ? [kindKey(one)] : [],
    ),
  )
}

/** Those that other queries read where they matter. */
const builtinAndRead = ({ apiVersion, kind }: KindInfo): boolean =>
  builtinKinds.has(`${apiVersion} ${kind}`) && kind !== 'APIService'

/** Words under which makers show themselves: labels, annotations, sidecars, who writes Events, and what is said. */
function wordsAround(snapshot: Snapshot, subject: Subject, texts: readonly TellingText[]): ReadonlySet<string> {
  const [pod] = subject.pods
  const meta = [subject.seen, pod].flatMap((seen) => {
    const { labels = {}, annotations = {} } = seen?.object.metadata ?? {}
    return [...Object.keys(labels), ...Object.keys(annotations)]
  })
  const sidecars = pod?.data.spec.containers.flatMap(({ name, image = '' }) => [name, image]) ?? []
  const writers = texts.flatMap(({ at }) => eventsOf(snapshot, at).map(({ component }) => component))
  const hooks = snapshot.objects.flatMap(({ kind, name }) => (kind === 'MutatingWebhookConfiguration' ? name : []))
  return new Set(
    [...hooks, ...meta, ...sidecars, ...writers, ...texts.map(({ text }) => text)].flatMap((text) =>
      text.toLowerCase().split(/[^a-z0-9]+/),
    ),
  )
}
