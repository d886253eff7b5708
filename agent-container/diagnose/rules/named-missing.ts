import { cite, few } from '../snapshot/cite.ts'
import { eventsOf, label, refOf } from '../snapshot/snapshot.ts'
import { type Analyzer, type Hypothesis, of } from './hypothesis.ts'
import { inspect } from './remedies.ts'

/** As API machinery words it: `SecretProviderClass.secrets-store.csi.x-k8s.io "app-kv" not found`. */
const absent = /\b([A-Z][A-Za-z]+)\.((?:[a-z0-9-]+\.)+[a-z]+) "([\w./-]+)" not found/

/** An object of somebody's own kind that a driver or controller needs for the pods, and says is not there. */
export const namedMissing: Analyzer = ({ snapshot, subject, symptoms }) =>
  of(symptoms, 'creating', 'create').flatMap((symptom): readonly Hypothesis[] => {
    const said = [...symptom.pods.slice(0, 5), subject]
      .flatMap((one) => eventsOf(snapshot, refOf(one)))
      .findLast(({ type, message }) => type === 'Warning' && absent.test(message))
    const [, kind = '', group = '', name = ''] = absent.exec(said?.message ?? '') ?? []
    if (said === undefined || kind === '') return []
    const culprit = { kind, namespace: subject.namespace, name: name.split('/').at(-1) ?? name }
    return [
      {
        class: 'MissingObject',
        culprit,
        summary: `${label(culprit)} is not there, and ${label(subject)} needs it.`,
        mechanism: `What sets up the pods asks for it and is told that it does not exist: ${said.message}`.slice(
          0,
          590,
        ),
        evidence: few([...cite(said, absent), ...cite(subject.seen, culprit.name)], 4),
        confidence: 'high',
        reasons: [`The API itself says that there is no ${kind} (${group}) of that name.`],
        falsification: 'An object that exists would be read by the next try.',
        explains: [symptom.key],
        remedies: [
          inspect('See which there are', `kubectl -n ${subject.namespace} get ${kind.toLowerCase()}.${group}`),
        ],
        weight: 88,
      },
    ]
  })
