import { cite, few } from '../snapshot/cite.ts'
import { type Provisioning, provisioningOf } from '../snapshot/provisioner.ts'
import { eventsOf, label, refOf, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change } from './remedies.ts'

/** A claim that nobody uses yet waits for its user; one that was refused was heard by a provisioner. */
const asks = (snapshot: Snapshot, claim: Seen): boolean => {
  const events = eventsOf(snapshot, refOf(claim))
  return (
    events.some(({ reason }) => reason === 'ExternalProvisioning') ||
    !events.some(({ reason }) =>
      /^(WaitForFirstConsumer|WaitForPodScheduled|ProvisioningFailed|Provisioning)$/.test(reason),
    )
  )
}
/** Volumes of the same class, or claims of it that are bound, were made by somebody. */
const madeBefore = (snapshot: Snapshot, { storageClass }: Provisioning): boolean =>
  snapshot.objects.some(
    ({ kind, object }) =>
      /^PersistentVolume(Claim)?$/.test(kind) &&
      JSON.stringify(object.spec ?? {}).includes(`"storageClassName":"${storageClass.name}"`) &&
      /"phase":"(Bound|Available|Released)"/.test(JSON.stringify(object.status ?? {})),
  )

/** A claim waits for who should make its volume: nobody runs that provisioner, or the one that runs has a trouble of its own. */
export const provisioner: Analyzer = ({ snapshot, subject, symptoms, diagnose }) => {
  const keys = of(symptoms, 'claim', 'unschedulable', 'creating', 'trouble').map(({ key }) => key)
  if (keys.length === 0) return []
  return provisioningOf(snapshot, subject).flatMap((one): readonly Hypothesis[] => {
    const said = eventsOf(snapshot, refOf(one.claim)).at(-1)
    const shown = [
      ...cite(one.storageClass, `provisioner: ${one.provisioner}`),
      ...cite(said, said?.message ?? ''),
      ...cite(one.claim, 'phase: Pending'),
    ]
    if (one.pods.length === 0)
      return one.complete && !one.registered && asks(snapshot, one.claim) && !madeBefore(snapshot, one)
        ? [
            {
              class: 'ProvisioningFailed',
              culprit: culpritOf(one.storageClass),
              summary: `${label(one.claim)} waits for provisioner ${one.provisioner} (${label(one.storageClass)}), which nobody runs: there is no CSIDriver of that name and no pod that names it.`,
              mechanism: 'A claim stays Pending until the provisioner that its class names makes a volume.',
              evidence: few(shown, 6),
              confidence: said?.reason === 'ExternalProvisioning' ? 'high' : 'medium',
              reasons: ['CSIDrivers and pods of the whole cluster were listed.'],
              falsification: 'A pod that runs the provisioner would be in the list.',
              explains: keys,
              remedies: [
                change(one.storageClass, one.storageClass, {
                  title: `Install the driver ${one.provisioner}, or let the claim name a class whose driver runs`,
                  command: 'kubectl get storageclass,csidrivers',
                  risk: 'A claim cannot change its class: it has to be made again.',
                  verify: `kubectl -n ${one.claim.namespace} get pvc ${one.claim.name}`,
                }),
              ],
              weight: 82,
            },
          ]
        : []
    const tops = new Map(one.pods.map((pod) => [label(topOf(snapshot, pod)), topOf(snapshot, pod)]))
    return [...tops.values()].flatMap((top) =>
      diagnose(top).map((root) => ({
        ...root,
        summary:
          `${label(one.claim)} waits for ${one.provisioner}, and ${label(top)} that runs it is in trouble: ${root.summary}`.slice(
            0,
            590,
          ),
        evidence: few([...root.evidence.slice(0, 5), ...shown], 8),
        explains: keys,
        chain: [
          { ...root.culprit, mechanism: root.mechanism.slice(0, 300) },
          { ...culpritOf(top), mechanism: `runs ${one.provisioner}` },
        ],
        weight: root.weight + 10,
      })),
    )
  })
}
