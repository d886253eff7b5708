import { cite, few } from '../snapshot/cite.ts'
import { ingresses } from '../snapshot/kinds.ts'
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
    if (failing === undefined) return []
    const waits = symptoms.some(({ evidence }) => evidence.some(({ quote }) => quote.includes(secret)))
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
