import { type Analyzer, culpritOf, type Hypothesis } from '../rules/hypothesis.ts'
import { change, inspect } from '../rules/remedies.ts'
import { cite, few } from '../snapshot/cite.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { nearest } from '../snapshot/near-name.ts'
import { eventsOf, label, type Seen, seek, whether } from '../snapshot/snapshot.ts'
import { isWeak } from '../symptoms/symptoms-of.ts'
import { type Candidate, candidates, wordsFor } from './candidates.ts'

/**
 * The walk's own answer, where no rule knows the mechanism: what is needed and is not there, or says itself that it does
 * not serve. It is never more than likely: that an edge is broken is no proof that it broke this.
 */
export const alongEdges: Analyzer = (scene) => {
  const { snapshot, subject, symptoms } = scene
  const { owner, resource } = snapshot.incident
  const asked = [owner, resource].some(({ kind, name }) => kind === subject.kind && name === subject.name)
  const keys = symptoms.filter((one) => !isWeak(one)).map(({ key }) => key)
  if (!asked || keys.length === 0) return []
  return candidates(snapshot, subject)
    .filter(({ found, unread }) => found !== 'changed' && unread.length === 0)
    .flatMap((one) => explain(scene, one, keys))
    .slice(0, 5)
}

function explain(
  { snapshot, subject }: Parameters<Analyzer>[0],
  candidate: Candidate,
  keys: readonly string[],
): readonly Hypothesis[] {
  const { object, edge, found, depth } = candidate
  if (edge === undefined || object.kind === 'Secret' || object.kind === 'Pod') return []
  const from = seek(snapshot, edge.from)
  // Who needs it says that it is missed; else its absence may be a matter of what was read.
  const missed = saidBy(from, object.name)
  const target = seek(snapshot, object)
  const source = whether(snapshot, object.kind, object.namespace, object.name).source
  const cousin = snapshot.objects.find(
    ({ kind, name }) =>
      name === object.name && kind !== object.kind && kind.endsWith(object.kind.replace(/^Cluster/, '')),
  )
  const others = snapshot.objects.filter((one) => one.kind === object.kind && one.namespace === object.namespace)
  const meant =
    cousin ??
    others.find(
      ({ name }) =>
        name ===
        nearest(
          object.name,
          others.map((one) => one.name),
        ),
    )
  if (found === 'dangling') {
    // Who wrote the wrong name can mend it; what nobody wrote wrongly has to be made.
    const top = meant === undefined ? undefined : (ownerOf() ?? from)
    const culprit = culpritOf(top ?? object)
    return [
      {
        class: 'MissingObject',
        culprit,
        summary:
          `${label(edge.from)} names ${label(object)} (${edge.path}), which is not there${meant === undefined ? '' : `; ${label(meant)} is, and was probably meant`}.`.slice(
            0,
            590,
          ),
        mechanism: `What needs it cannot go on without it: ${wordsFor(snapshot, candidate)}`.slice(0, 590),
        evidence: few(
          [
            ...cite(from, object.name),
            ...(source === undefined ? [] : cite(source, source.text)),
            ...cite(meant, `name: ${object.name}`),
          ],
          5,
        ),
        confidence: 'medium',
        reasons: ['It was looked for by name.', `It is ${depth} ${depth === 1 ? 'step' : 'steps'} from what fails.`],
        falsification: 'Others that name it and are well would speak against it.',
        explains: keys,
        chain: [{ ...culpritOf(edge.from), mechanism: `names ${label(object)}` }],
        remedies: [
          change(top, culprit, {
            title: meant === undefined ? `Create ${label(object)}` : `Name ${label(meant)} instead`,
            command: `kubectl ${culprit.namespace === '' ? '' : `-n ${culprit.namespace} `}${top === undefined ? 'get' : 'edit'} ${culprit.kind.toLowerCase()} ${culprit.name}`,
            risk: 'Only what names it is touched.',
            verify: `kubectl ${subject.namespace === '' ? '' : `-n ${subject.namespace} `}get ${subject.kind.toLowerCase()} ${subject.name}`,
          }),
        ],
        weight: missed ? 45 : 15,
      },
    ]
  }
  const bad = target === undefined ? undefined : badConditions(target)[0]
  if (target === undefined || bad === undefined) return []
  return [
    {
      class: 'RefusedByController',
      culprit: culpritOf(object),
      summary:
        `${label(object)}, which ${label(edge.from)} needs, does not serve: ${bad.message ?? bad.reason ?? bad.type}`.slice(
          0,
          590,
        ),
      mechanism:
        `${bad.type} is ${bad.status}${bad.reason === undefined ? '' : ` (${bad.reason})`}: ${bad.message ?? ''}`.slice(
          0,
          590,
        ),
      evidence: few([...cite(target, bad.message ?? `type: ${bad.type}`), ...cite(from, object.name)], 5),
      confidence: 'medium',
      reasons: ['Its own conditions say so.', `${label(edge.from)} names it (${edge.path}).`],
      falsification: 'Others that need it and are well would speak against it.',
      explains: keys,
      chain: [{ ...culpritOf(edge.from), mechanism: `needs ${label(object)}` }],
      remedies: [
        inspect(
          'See all that was said of it',
          `kubectl ${object.namespace === '' ? '' : `-n ${object.namespace} `}describe ${object.kind.toLowerCase()} ${object.name}`,
        ),
      ],
      weight: 40 + depth,
    },
  ]

  function saidBy(seen: Seen | undefined, name: string): boolean {
    if (seen === undefined) return false
    const texts = [
      ...badConditions(seen).map(({ message, reason }) => `${reason ?? ''} ${message ?? ''}`),
      ...eventsOf(snapshot, seen).flatMap(({ type, message }) => (type === 'Warning' ? [message] : [])),
    ]
    return texts.some((text) => text.includes(name) && /not ?found|not exist|missing|no such|unknown/i.test(text))
  }
  /** What made the object that names it, where that is read too: it would write the name again. */
  function ownerOf() {
    const ref = from?.object.metadata.ownerReferences?.find(({ controller }) => controller === true)
    const above =
      ref === undefined || from === undefined
        ? undefined
        : seek(snapshot, { kind: ref.kind, namespace: from.namespace, name: ref.name })
    return above !== undefined && JSON.stringify(above.object).includes(`"${object.name}"`) ? above : undefined
  }
}
