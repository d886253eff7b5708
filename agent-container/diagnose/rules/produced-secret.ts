import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { cite, few } from '../snapshot/cite.ts'
import { anyConditioned, ingresses } from '../snapshot/kinds.ts'
import { writersOf } from '../snapshot/makers.ts'
import { type Failing, failingProducer } from '../snapshot/producers.ts'
import { references } from '../snapshot/references.ts'
import { label, present, seek } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { inspect } from './remedies.ts'

/** A Secret that a controller should write (a certificate, a copy from a vault) and does not: its owner is to blame. */
export const producedSecret: Analyzer = (scene) => {
  const { subject } = scene
  // Pods wait for it, or somebody says that a door does not work; a healthy pod with an old copy is no fault.
  const symptoms = of(scene.symptoms, 'config', 'creating', 'crash', 'not-ready', 'trouble')
  const keys = symptoms.map(({ key }) => key)
  if (keys.length === 0) return []
  return secretsOf(scene).flatMap((secret): readonly Hypothesis[] => {
    const failing = failingProducer(scene.snapshot, subject.namespace, secret)
    const said = symptoms.flatMap(({ evidence }) => evidence).filter(({ quote }) => quote.includes(secret))
    const waits = said.length > 0
    if (failing === undefined) return silent(scene, secret, said, keys)
    const matters = subject.kind === 'Ingress' || waits || (failing.expired && complains(scene))
    return matters ? [explain(scene, secret, failing, keys)] : []
  })
}

function secretsOf({ snapshot, subject }: Scene): readonly string[] {
  const door = subject.kind === 'Ingress' ? present(snapshot, ingresses, subject.namespace, subject.name) : undefined
  if (door !== undefined) return door.data.spec.tls.flatMap(({ secretName }) => secretName ?? [])
  return references(subject).flatMap(({ kind, name }) => (kind === 'Secret' ? [name] : []))
}

const complains = ({ snapshot, subject }: Scene): boolean =>
  snapshot.logs.some(
    ({ pod, lines }) =>
      subject.pods.some(({ name }) => name === pod) &&
      lines.slice(-30).some((line) => /certificate|x509|tls/i.test(line)),
  )

/** It is not there, and its producer does not say why. */
function silent(
  { snapshot, subject }: Scene,
  secret: string,
  said: readonly Citation[],
  keys: readonly string[],
): readonly Hypothesis[] {
  const ref = { kind: 'Secret', namespace: subject.namespace, name: secret }
  const [producer] = writersOf(snapshot, ref)
  const missed = said.filter(({ quote }) => /not found|couldn't find key|non-existent|not exist/i.test(quote))
  if (producer === undefined || missed.length === 0) return []
  const conditions = anyConditioned.of(producer)?.data.status.conditions ?? []
  const state =
    conditions.length === 0
      ? 'says nothing of itself'
      : `says of itself ${conditions.map(({ type, status }) => `${type}=${status}`).join(', ')}`
  return [
    {
      class: 'SecretNotProduced',
      culprit: culpritOf(producer),
      summary:
        `${label(producer)} should write Secret ${secret}, which ${label(subject)} needs, and it is not there; ${label(producer)} ${state}.`.slice(
          0,
          590,
        ),
      mechanism:
        `A controller writes Secret ${secret} from ${label(producer)}, and has not: it did not run, may not, or waits for something such as a pod that mounts it.`.slice(
          0,
          590,
        ),
      evidence: few([...missed, ...cite(producer, secret), ...cite(producer, `name: ${producer.name}`)], 6),
      confidence: 'medium',
      reasons: [`${label(producer)} names Secret ${secret} as what it writes.`, `It ${state}.`],
      falsification: `Were ${label(producer)} carried out, the Secret would be there.`,
      explains: keys,
      chain: [{ ...culpritOf(producer), mechanism: `does not write Secret ${secret}` }],
      remedies: [
        inspect(
          'See what its controller says, and whether it runs',
          `kubectl ${producer.namespace === '' ? '' : `-n ${producer.namespace} `}describe ${producer.kind.toLowerCase()}/${producer.name}`,
        ),
      ],
      weight: 94,
    },
  ]
}

function explain(scene: Scene, secret: string, failing: Failing, keys: readonly string[]): Hypothesis {
  const { subject } = scene
  const { producer, condition, said, expired, source, lacks } = failing
  const why = said.at(-1)?.message ?? condition?.message ?? 'it reports no success'
  // The name stands elsewhere as another kind: who wrote the reference can mend it, and a copy of it would come again.
  const cousin =
    lacks === undefined
      ? undefined
      : scene.snapshot.objects.find(
          ({ kind, name }) =>
            `${kind.replace(/^Cluster/, '')} ${name}` === lacks.replace(/^Cluster/, '') &&
            !lacks.startsWith(`${kind} `),
        )
  const owner = producer.object.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const maker =
    owner === undefined
      ? undefined
      : seek(scene.snapshot, { kind: owner.kind, namespace: producer.namespace, name: owner.name })
  const culprit = culpritOf(source ?? (lacks === undefined ? undefined : maker) ?? producer)
  return {
    class: expired ? 'CertificateExpired' : 'SecretNotProduced',
    culprit,
    summary:
      `${label(producer)} should write Secret ${secret}, which ${label(subject)} needs, and fails${expired ? ': what it wrote has expired' : ''}${lacks === undefined ? '' : `; the ${lacks} that it names does not exist${cousin === undefined ? '' : `, ${label(cousin)} does`}`}: ${why}`.slice(
        0,
        590,
      ),
    mechanism: `A controller writes Secret ${secret} from ${label(producer)}; ${why}`.slice(0, 590),
    evidence: few(
      [
        ...said.flatMap((one) => cite(one.source, one.message)),
        ...(condition?.message === undefined ? [] : cite(producer, condition.message)),
        ...cite(producer, /notAfter: /),
        ...cite(source, /message: /),
        ...cite(producer, `name: ${producer.name}`),
        ...scene.symptoms.flatMap(({ evidence }) => evidence),
      ],
      8,
    ),
    confidence: 'high',
    reasons: [
      `${label(producer)} was read: ${condition === undefined ? 'its events tell of failures' : `${condition.type} is ${condition.status} (${condition.reason ?? 'no reason'})`}.`,
      ...(source === undefined ? [] : [`${label(source)}, from which it draws, fails itself.`]),
    ],
    falsification: `Were ${label(producer)} ready, it would have written the Secret, and the fault would lie with who reads it.`,
    explains: keys,
    chain: [
      { ...culprit, mechanism: why.slice(0, 590) },
      { ...culpritOf(producer), mechanism: `does not write Secret ${secret}` },
    ],
    remedies: [
      inspect(
        'See what its controller says',
        `kubectl ${culprit.namespace === '' ? '' : `-n ${culprit.namespace} `}describe ${culprit.kind.toLowerCase()}/${culprit.name}`,
      ),
    ],
    weight: 94,
  }
}
