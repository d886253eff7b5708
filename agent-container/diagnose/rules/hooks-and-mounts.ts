import { cite, few } from '../snapshot/cite.ts'
import { configMaps } from '../snapshot/kinds.ts'
import { nearest } from '../snapshot/near-name.ts'
import { eventsOf, find, label, refOf } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change, rolledOut } from './remedies.ts'

/** The kubelet ends a container whose postStart hook fails: the command itself may be right. */
export const startHooks: Analyzer = ({ snapshot, subject, symptoms }) =>
  of(symptoms, 'start', 'crash', 'ends').flatMap((symptom): readonly Hypothesis[] => {
    const hook = symptom.container?.spec?.lifecycle?.postStart
    const said = symptom.pods
      .slice(0, 5)
      .flatMap((pod) => eventsOf(snapshot, refOf(pod)))
      .findLast(
        ({ reason, fieldPath }) =>
          reason === 'FailedPostStartHook' && (fieldPath === '' || fieldPath.includes(symptom.container?.name ?? '')),
      )
    if (hook === undefined || said === undefined) return []
    const command = hook.exec?.command.join(' ') ?? 'its request'
    const name = symptom.container?.name ?? ''
    return [
      {
        class: 'BadCommand',
        culprit: culpritOf(subject),
        summary:
          `The postStart hook of container ${name} in ${label(subject)} fails (${command}): the kubelet ends the container for it.`.slice(
            0,
            590,
          ),
        mechanism: `A container whose postStart hook fails is killed and started again: ${said.message}`.slice(0, 590),
        evidence: few([...cite(said, said.message), ...cite(subject.seen, 'postStart:'), ...symptom.evidence], 6),
        confidence: 'high',
        reasons: [
          'The kubelet says that the hook failed.',
          `lifecycle.postStart of container ${name} runs ${command}.`.slice(0, 300),
        ],
        falsification: 'A hook that ends well leaves no such event.',
        explains: [symptom.key],
        remedies: [
          change(subject.seen, subject, {
            title: 'Correct lifecycle.postStart of the container, or what it calls',
            command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
            verify: rolledOut(subject),
          }),
        ],
        weight: 92,
      },
    ]
  })

/** A subPath that is no key of its ConfigMap is made as a directory, and cannot lie over a file. */
export const subPaths: Analyzer = ({ snapshot, subject, symptoms }) =>
  of(symptoms, 'start', 'config', 'crash').flatMap((symptom): readonly Hypothesis[] => {
    const { container } = symptom
    const texts = [
      container?.status.state.waiting?.message,
      container?.last?.message,
      ...symptom.pods.slice(0, 3).flatMap((pod) => eventsOf(snapshot, refOf(pod)).map(({ message }) => message)),
    ]
    const said = texts.find(
      (text) => text !== undefined && /not a directory|are you trying to mount a directory onto a file/i.test(text),
    )
    const pod = symptom.pods[0]
    if (said === undefined || pod === undefined) return []
    return (container?.spec?.volumeMounts ?? []).flatMap((mount): readonly Hypothesis[] => {
      const map = pod.data.spec.volumes.find(({ name }) => name === mount.name)?.configMap
      const known = map === undefined ? undefined : find(snapshot, configMaps, subject.namespace, map.name)
      if (mount.subPath === undefined || known?.is !== 'there') return []
      const keys = [...Object.keys(known.value.data.data), ...(map?.items ?? []).map(({ path }) => path)]
      if (keys.includes(mount.subPath)) return []
      const meant = nearest(mount.subPath, keys)
      return [
        {
          class: 'MissingConfigKey',
          culprit: culpritOf(known.value),
          summary: `${label(known.value)} has no key ${mount.subPath}, which ${label(subject)} mounts by subPath at ${mount.mountPath}${meant === undefined ? '' : `; ${meant} is there, and was probably meant`}.`,
          mechanism:
            `A subPath that is not there becomes an empty directory, which cannot be mounted over a file: ${said.slice(-300)}`.slice(
              0,
              590,
            ),
          evidence: few(
            [
              ...cite(subject.seen ?? pod, `subPath: ${mount.subPath}`),
              ...cite(known.value, `ConfigMap ${known.value.name}`),
              ...cite(known.value, `name: ${known.value.name}`),
              ...symptom.evidence,
            ],
            6,
          ),
          confidence: 'high',
          reasons: [`The keys of ${label(known.value)} were read: ${keys.join(', ') || 'none'}.`.slice(0, 300)],
          falsification: 'With the key there, a file would be mounted.',
          explains: [symptom.key],
          remedies: [
            change(known.value, known.value, {
              title: `Add the key ${mount.subPath} to the ConfigMap, or correct the subPath`,
              command: `kubectl -n ${subject.namespace} edit configmap/${known.value.name}`,
              risk: 'Pods take it when they start anew.',
              verify: rolledOut(subject),
            }),
          ],
          weight: 92,
        },
      ]
    })
  })
