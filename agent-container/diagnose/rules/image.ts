import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { nodes, serviceAccounts } from '../snapshot/kinds.ts'
import { eventsOf, find, label, present, refOf } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import type { FaultClass } from './class.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change, rolledOut, undo } from './remedies.ts'

/** What registries and runtimes say, most telling first: a registry hides a private repository behind "not found, or no access". */
const sayings: readonly (readonly [FaultClass, RegExp])[] = [
  [
    'InvalidImageName',
    /InvalidImageName|invalid reference format|couldn't parse image|failed to apply default image tag/i,
  ],
  ['ImageNeverPull', /ErrImageNeverPull|pull policy of Never/i],
  ['ImageArchitecture', /no match(ing manifest)? for platform|no matching manifest/i],
  ['RegistryUnreachable', /too ?many ?requests|429|rate limit/i],
  [
    'ImagePullUnauthorized',
    /unauthorized|401|403|forbidden|no basic auth|authentication required|authorization (failed|required)|denied: |credential|login required|insufficient_scope/i,
  ],
  [
    'RegistryUnreachable',
    /no such host|i\/o timeout|connection refused|timeout|timed out|TLS handshake|x509|EOF|no route to host|server misbehaving|\b50[0234]\b|network is unreachable/i,
  ],
  ['ImageNotFound', /not found|manifest unknown|does not exist|name unknown|repository .*unknown|404/i],
]
const general = /pull access denied|repository does not exist or may require|insufficient_scope/i

export const image: Analyzer = (scene) => of(scene.symptoms, 'image').flatMap((symptom) => explain(scene, symptom))

function explain(scene: Scene, symptom: Symptom): readonly Hypothesis[] {
  const { snapshot, subject } = scene
  const { container } = symptom
  const pod = symptom.pods[0]
  if (container === undefined || pod === undefined) return []
  const waiting = container.status.state.waiting
  const name = container.spec?.image ?? container.status.image ?? ''
  const events = symptom.pods
    .slice(0, 5)
    .flatMap((one) => eventsOf(snapshot, refOf(one)))
    .filter(
      ({ message, reason }) =>
        /^(Failed|ErrImageNeverPull|InspectFailed|FailedToInspectImage)$/.test(reason) &&
        /image|pull|manifest|registry/i.test(message),
    )
  const texts = [
    ...events.toReversed().map((event) => ({ text: event.message, from: cite(event, event.message) })),
    {
      text: `${waiting?.reason}: ${waiting?.message ?? ''}`,
      from: cite(pod, waiting?.message ?? `reason: ${waiting?.reason}`),
    },
  ]
  // "Back-off pulling image" and the bare "Error: ErrImagePull" say nothing of why; the name itself must not either.
  const words = texts.map((one) => ({ ...one, text: one.text.replaceAll(name, '…') }))
  const stated = words
    .filter(({ text }) => !/^(Error: )?(ErrImagePull|ImagePullBackOff)(: Back-off pulling image "?…"?)?$/.test(text))
    .flatMap(({ text, from }) => {
      const found = sayings.find(([, pattern]) =>
        pattern.test(general.test(text) ? text.replace(/repository does not exist or/i, '') : text),
      )
      return found === undefined ? [] : [{ fault: found[0], from, text }]
    })[0]
  const fault: FaultClass = stated?.fault ?? 'ImageNotFound'
  const changes = lastChanges(subject).filter(({ aspect }) => aspect === 'image')
  const account = pod.data.spec.imagePullSecrets
  const serviceAccount = find(snapshot, serviceAccounts, pod.namespace, subject.spec?.serviceAccountName ?? 'default')
  const secrets = [
    ...account,
    ...(serviceAccount.is === 'there' ? serviceAccount.value.data.imagePullSecrets : []),
  ].map((one) => one.name)
  const unseen = secrets.length === 0 && serviceAccount.is === 'unknown'
  const refused = fault === 'ImagePullUnauthorized' && secrets.length > 0
  // What has run out has to be made anew; that the template names it is right.
  const expired =
    refused && secrets.length === 1 && /\bexpired\b/i.test(stated?.text ?? '') && !/x509/i.test(stated?.text ?? '')
  const credential = { kind: 'Secret', namespace: pod.namespace, name: secrets[0] ?? '' }
  const vague = secrets.length === 0 && general.test(stated?.text ?? '')
  const machine = present(snapshot, nodes, '', pod.data.spec.nodeName ?? '')
  const evidence = few(
    [
      ...(stated?.from ?? []),
      ...symptom.evidence,
      ...(subject.seen === undefined ? [] : cite(subject.seen, name)),
      ...changes.flatMap((one) => one.evidence),
      ...(fault === 'ImageArchitecture' ? cite(machine, 'architecture: ') : []),
    ],
    8,
  )
  const sentences = meaning(
    fault,
    container.name,
    name,
    { secrets, unseen, vague, expired },
    machine?.data.status.nodeInfo?.architecture,
  )
  return [
    {
      class: fault,
      culprit: expired ? credential : culpritOf(subject),
      summary: `${sentences.summary} (${label(subject)}).`,
      mechanism:
        `The kubelet cannot pull the image, so the container never starts: ${stated?.text ?? waiting?.message ?? symptom.text}`.slice(
          0,
          590,
        ),
      evidence,
      confidence:
        stated === undefined
          ? 'low'
          : fault === 'RegistryUnreachable' || (fault === 'ImagePullUnauthorized' && (unseen || vague || refused))
            ? 'medium'
            : 'high',
      reasons: [
        stated === undefined
          ? 'No event with the reason of the failed pull was found.'
          : 'The runtime quotes the answer of the registry.',
        ...sentences.reasons,
        ...changes.map((one) => `The last rollout changed the ${one.what} from ${one.before} to ${one.after}.`),
      ],
      falsification: sentences.falsification,
      explains: [symptom.key],
      remedies: [
        ...(changes.length > 0 && fault !== 'ImagePullUnauthorized' ? undo(subject, 'the image changed') : []),
        change(subject.seen, subject, {
          title: sentences.title,
          command: sentences.command(subject.namespace, `${subject.kind.toLowerCase()}/${subject.name}`),
          verify: rolledOut(subject),
        }),
      ],
      prevention:
        fault === 'ImageNotFound'
          ? 'Deploy by digest from the build that pushed the image.'
          : 'Check pulls with the real credential before a rollout.',
      weight: 85,
    },
  ]
}

function meaning(
  fault: FaultClass,
  container: string,
  image: string,
  {
    secrets,
    unseen,
    vague,
    expired,
  }: {
    readonly secrets: readonly string[]
    readonly unseen: boolean
    readonly vague: boolean
    readonly expired: boolean
  },
  architecture: string | undefined,
) {
  const setImage = (namespace: string, ref: string) =>
    `kubectl -n ${namespace} set image ${ref} ${container}=<an image that exists>`
  switch (fault) {
    case 'ImagePullUnauthorized':
      return {
        summary:
          secrets.length > 0
            ? `The registry of image ${image} refuses the credential (${secrets.join(', ')})${expired ? ': it has expired' : ''}`
            : unseen
              ? `The registry of image ${image} refuses the pull; whether its pods have a credential could not be seen`
              : vague
                ? `Image ${image} does not exist, or is private and its pods have no pull credential: the registry says the same of both`
                : `Image ${image} is private and its pods have no pull credential`,
        reasons: [
          secrets.length > 0
            ? `imagePullSecrets are named: ${secrets.join(', ')}. What they hold was not read: it may be wrong or outdated, or may not reach this image.`
            : unseen
              ? 'The pod names no imagePullSecret, and its ServiceAccount could not be read.'
              : 'Neither the pod nor its ServiceAccount names an imagePullSecret.',
        ],
        falsification:
          'A tag that does not exist is answered with "not found" once the credential is accepted; here the registry refused before that.',
        title: expired
          ? `Renew the credential in Secret ${secrets[0]}, and see that whatever renews it runs`
          : vague
            ? 'Correct the image name, or give the pods a pull credential for this registry'
            : 'Give the pods a pull credential for this registry',
        command: (namespace: string, ref: string) =>
          expired
            ? `kubectl -n ${namespace} edit secret ${secrets[0]}`
            : `kubectl -n ${namespace} patch ${ref} --type=strategic -p '{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"<secret of type kubernetes.io/dockerconfigjson>"}]}}}}'`,
      }
    case 'RegistryUnreachable':
      return {
        summary: `The registry of image ${image} does not answer the node, or limits its pulls`,
        reasons: ['The failure is about reaching the registry, not about the image.'],
        falsification: 'Other images of the same registry pulled on the same nodes would speak against it.',
        title: 'Check the registry host name in the image and the way to it; pull again',
        command: setImage,
      }
    case 'InvalidImageName':
      return {
        summary: `The image reference ${image} of container ${container} cannot be parsed`,
        reasons: ['The kubelet refused the reference before asking any registry.'],
        falsification: 'A reference that parses would have led to a pull; no pull was tried.',
        title: 'Correct the image reference',
        command: setImage,
      }
    case 'ImageNeverPull':
      return {
        summary: `Container ${container} has imagePullPolicy Never and image ${image} is not on the node`,
        reasons: [],
        falsification: 'With the image on the node the container would have started.',
        title: 'Allow pulling, or load the image onto the nodes',
        command: (namespace: string, ref: string) => `kubectl -n ${namespace} edit ${ref}`,
      }
    case 'ImageArchitecture':
      return {
        summary: `Image ${image} is not built for the node's CPU architecture${architecture === undefined ? '' : `, ${architecture}`}`,
        reasons: [],
        falsification: 'A manifest for the platform would have been found.',
        title: 'Build the image for this architecture, or select nodes that fit',
        command: setImage,
      }
    default:
      return {
        summary: `Image ${image} of container ${container} does not exist in its registry`,
        reasons: ['The registry answered, and does not know this name or tag.'],
        falsification: 'A missing credential is answered with 401, 403 or "denied": the registry did not say so.',
        title: 'Set an image that exists',
        command: setImage,
      }
  }
}
