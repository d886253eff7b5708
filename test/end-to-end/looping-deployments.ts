import { join } from 'node:path'
import type { SimObject } from '../simulator/objects.ts'
import { readScenario, type Scenario } from '../simulator/scenario.ts'

const FOLDER = join(import.meta.dirname, '../scenarios/train/deployment/bad-command')
const NAMESPACE = 'orchard'
const DEPLOYMENT = 'giant-narwhal'
const REPLICA_SET = `${DEPLOYMENT}-hnjjjb4qm`
const POD = `${REPLICA_SET}-fppkl`

/** A cluster in which each of these Deployments fails by its own command, with one such pod under each given name. */
export function loopingDeployments(podsOf: Readonly<Record<string, readonly string[]>>): Scenario {
  const scenario = readScenario(FOLDER)
  const mentions = (object: SimObject, name: string) => JSON.stringify(object).includes(name)
  const ofPod = scenario.objects.filter((object) => mentions(object, POD))
  const above = scenario.objects.filter(
    (object) =>
      !mentions(object, POD) &&
      ['Deployment', 'ReplicaSet'].includes(object.kind) &&
      [DEPLOYMENT, REPLICA_SET].includes(object.metadata.name),
  )
  const made = Object.entries(podsOf).flatMap(([deployment, pods]) => {
    const replicaSet = pods[0]?.slice(0, -6) ?? deployment
    const copy = (object: SimObject, pod: string): SimObject => {
      const text = JSON.stringify(object)
        .replaceAll(POD, pod)
        .replaceAll(REPLICA_SET, replicaSet)
        .replaceAll(DEPLOYMENT, deployment)
        .replaceAll(`"${NAMESPACE}"`, '"shop"')
        // Owners are found by it, so that each Deployment's are its own.
        .replace(/"uid":"([^"]+)"/g, (_, uid: string) => `"uid":"${uid}-${deployment}"`)
      const made = JSON.parse(text) as SimObject
      if (made.kind === 'Pod') made.metadata.uid = `uid-${pod}`
      return made
    }
    return [
      ...above.map((object) => copy(object, '')),
      ...pods.flatMap((pod) => ofPod.map((object) => copy(object, pod))),
    ]
  })
  return { ...scenario, objects: [...scenario.objects.filter((object) => !mentions(object, DEPLOYMENT)), ...made] }
}
