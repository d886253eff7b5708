import { servicesAbout } from '../snapshot/clients.ts'
import { label } from '../snapshot/snapshot.ts'
import { type Analyzer, of } from './hypothesis.ts'
import { faultsByAll } from './service-faults.ts'

const ofTheService = new Set([
  'ServiceSelectorMismatch',
  'ServicePortMismatch',
  'BlockedByNetworkPolicy',
  'InternalTrafficPolicyLocal',
])

/** A workload that looks healthy and was reported all the same: perhaps its own service does not lead to it. */
export const servicesBefore: Analyzer = (scene) => {
  const { snapshot, subject } = scene
  const keys = of(scene.symptoms, 'trouble').map(({ key }) => key)
  if (keys.length === 0 || subject.pods.length === 0 || subject.kind === 'Node') return []
  return servicesAbout(snapshot, subject).flatMap((service) =>
    faultsByAll(scene, service)
      .filter((one) => ofTheService.has(one.class))
      .map((one) => ({ ...one, explains: keys, reasons: [...one.reasons, `${label(subject)} itself is healthy.`] })),
  )
}
