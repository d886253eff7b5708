import { isDetected } from '../../../shared/faults/fault-class.ts'
import { cite, few } from '../snapshot/cite.ts'
import { clientsOf, servicesAbout } from '../snapshot/clients.ts'
import { backendsOf } from '../snapshot/dependencies.ts'
import { ingresses } from '../snapshot/kinds.ts'
import { all, label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of, type Scene } from './hypothesis.ts'
import { change } from './remedies.ts'

/**
 * Said not to work, with nothing broken: somebody has stopped it, and it says so. Only where a person, an alert or another
 * server says so: what was stopped after a fault that a detector here saw is over, and not at fault.
 */
export const standstill: Analyzer = (scene) => {
  const { subject } = scene
  const asked = !isDetected(scene.snapshot.incident.faultType)
  const keys = asked ? of(scene.symptoms, 'trouble').map(({ key }) => key) : []
  const { suspend, paused, replicas } = subject.workload?.data.spec ?? {}
  if (keys.length === 0) return []
  const stopped = (field: string, command: string, effect: string): readonly Hypothesis[] => [
    {
      class: field === 'replicas: 0' ? 'ScaledToZero' : 'Suspended',
      culprit: culpritOf(subject),
      summary: `${label(subject)} is stopped on purpose (${field}): ${effect}.`,
      mechanism: `Its controller does nothing while ${field} stands in it: ${effect}.`,
      evidence: few([...cite(subject.seen, field), ...cite(subject.seen, /lastScheduleTime: /)], 4),
      confidence: 'high',
      reasons: [`${label(subject)} was read, and says so itself.`, 'Nothing else is broken there.'],
      falsification: 'Were it running, runs or pods newer than the report would be there.',
      explains: keys,
      remedies: [
        change(subject.seen, subject, {
          title: 'Let it run again, when who stopped it agrees',
          command,
          risk: 'It begins to run at once.',
          verify: `kubectl -n ${subject.namespace} get ${subject.kind.toLowerCase()} ${subject.name}`,
        }),
      ],
      weight: 60,
    },
  ]
  const at = `kubectl -n ${subject.namespace}`
  const kind = subject.kind.toLowerCase()
  if ((subject.kind === 'CronJob' || subject.kind === 'Job') && suspend === true)
    return stopped(
      'suspend: true',
      `${at} patch ${kind}/${subject.name} -p '{"spec":{"suspend":false}}'`,
      'no run is started',
    )
  if (subject.kind === 'Deployment' && paused === true)
    return stopped(
      'paused: true',
      `${at} rollout resume deployment/${subject.name}`,
      'no change of its template is rolled out',
    )
  if (/^(Deployment|StatefulSet)$/.test(subject.kind) && replicas === 0 && subject.pods.length === 0 && needed(scene))
    return stopped('replicas: 0', `${at} scale ${kind}/${subject.name} --replicas=<number>`, 'it has no pod')
  return []
}

/** Nothing at rest is at fault by that alone: somebody must still lean on it, by configuration or by a door. */
function needed({ snapshot, subject }: Scene): boolean {
  const own = servicesAbout(snapshot, subject)
  if (own.some((service) => clientsOf(snapshot, service).length > 0)) return true
  return all(snapshot, ingresses, subject.namespace).some((door) =>
    backendsOf(door).some(({ name }) => own.some((service) => service.name === name)),
  )
}
