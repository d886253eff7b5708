import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { label, type Snapshot } from '../snapshot/snapshot.ts'
import { type Subject, subjectOf } from '../snapshot/subject.ts'
import { symptomsOf } from '../symptoms/symptoms-of.ts'
import { alongEdges } from '../walk/along-edges.ts'
import { application, credentials } from './application.ts'
import { autoscaler } from './autoscaler.ts'
import { badCommand } from './bad-command.ts'
import { cloudIdentity } from './cloud-identity.ts'
import { configuration } from './configuration.ts'
import { controllerSays } from './controller-says.ts'
import { createRefused } from './create-refused.ts'
import { dependency } from './dependency.ts'
import { disruption } from './disruption.ts'
import { missingVariable } from './environment.ts'
import { forbidden } from './forbidden.ts'
import { startHooks, subPaths } from './hooks-and-mounts.ts'
import type { Analyzer, Hypothesis } from './hypothesis.ts'
import { image } from './image.ts'
import { ingress } from './ingress.ts'
import { jobRuns } from './jobs.ts'
import { kubeletRefusal } from './kubelet-refusal.ts'
import { loopback } from './loopback.ts'
import { memory } from './memory.ts'
import { missingReference } from './missing-reference.ts'
import { mutated } from './mutated.ts'
import { namedMissing } from './named-missing.ts'
import { noRoute } from './no-route.ts'
import { evicted, node, sandbox } from './node.ts'
import { orderedStart } from './ordered-start.ts'
import { preempted } from './preempted.ts'
import { probes } from './probes.ts'
import { processIds } from './process-ids.ts'
import { producedSecret } from './produced-secret.ts'
import { provisioner } from './provisioner.ts'
import { rejectedValue } from './rejected-value.ts'
import { rollout } from './rollout.ts'
import { scheduling } from './scheduling.ts'
import { serviceItself } from './service-faults.ts'
import { serviceLinks } from './service-links.ts'
import { servicesBefore } from './services-before.ts'
import { standstill } from './standstill.ts'
import { terminating } from './terminating.ts'
import { turnedAway } from './turned-away.ts'
import { mounts, unboundClaims } from './volumes.ts'

export const analyzers: readonly Analyzer[] = [
  badCommand,
  image,
  memory,
  missingReference,
  namedMissing,
  producedSecret,
  createRefused,
  scheduling,
  preempted,
  unboundClaims,
  mounts,
  node,
  sandbox,
  evicted,
  probes,
  missingVariable,
  mutated,
  serviceLinks,
  cloudIdentity,
  orderedStart,
  startHooks,
  subPaths,
  loopback,
  noRoute,
  forbidden,
  provisioner,
  configuration,
  rejectedValue,
  kubeletRefusal,
  turnedAway,
  processIds,
  credentials,
  dependency,
  serviceItself,
  servicesBefore,
  ingress,
  autoscaler,
  disruption,
  jobRuns,
  standstill,
  terminating,
  rollout,
  application,
  controllerSays,
  alongEdges,
]

export type Diagnosis = { readonly hypotheses: readonly Hypothesis[]; readonly crashed: readonly string[] }

/** Asks every rule about the subject. A rule that breaks is told and takes no other with it. */
export function diagnose(snapshot: Snapshot, subject: Subject, rules: readonly Analyzer[] = analyzers): Diagnosis {
  const crashed: string[] = []
  const asked = new Map<string, readonly Hypothesis[]>()
  const ask = (about: Subject): readonly Hypothesis[] => {
    const key = label(about)
    // Two workloads that wait for each other end the search, and neither explains the other.
    const before = asked.get(key)
    if (before !== undefined) return before
    asked.set(key, [])
    const symptoms = symptomsOf(snapshot, about)
    if (symptoms.length === 0) return []
    const scene = {
      snapshot,
      subject: about,
      symptoms,
      diagnose: (ref: Culprit) => best(ask(subjectOf(snapshot, ref))),
    }
    const found = rules.flatMap((rule) => {
      try {
        return rule(scene)
      } catch (error) {
        crashed.push(
          `A rule broke over ${key}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300),
        )
        return []
      }
    })
    asked.set(key, found)
    return found
  }
  return { hypotheses: ask(subject), crashed }
}

const order = { high: 2, medium: 1, low: 0 } as const
/** The leading explanation of a subject that is only looked at on the way. */
const best = (found: readonly Hypothesis[]): readonly Hypothesis[] =>
  found
    .filter(({ rejected }) => rejected === undefined)
    .toSorted((a, b) => order[b.confidence] - order[a.confidence] || b.weight - a.weight)
    .slice(0, 1)
