import { Pod } from './shapes.ts'
import {
  Autoscaler,
  Claim,
  Conditioned,
  ConfigMap,
  DisruptionBudget,
  EndpointSlice,
  Ingress,
  NetworkPolicy,
  Node,
  Quota,
  Revision,
  Service,
  ServiceAccount,
  Volume,
  Workload,
} from './shapes-around.ts'
import { reader } from './snapshot.ts'

export const pods = reader('Pod', Pod)
export const deployments = reader('Deployment', Workload)
export const replicaSets = reader('ReplicaSet', Workload)
export const controllerRevisions = reader('ControllerRevision', Revision)
export const jobs = reader('Job', Workload)
export const nodes = reader('Node', Node)
export const services = reader('Service', Service)
export const endpointSlices = reader('EndpointSlice', EndpointSlice)
export const claims = reader('PersistentVolumeClaim', Claim)
export const volumes = reader('PersistentVolume', Volume)
export const networkPolicies = reader('NetworkPolicy', NetworkPolicy)
export const quotas = reader('ResourceQuota', Quota)
export const autoscalers = reader('HorizontalPodAutoscaler', Autoscaler)
export const disruptionBudgets = reader('PodDisruptionBudget', DisruptionBudget)
export const ingresses = reader('Ingress', Ingress)
export const serviceAccounts = reader('ServiceAccount', ServiceAccount)
export const configMaps = reader('ConfigMap', ConfigMap)
export const namespaces = reader('Namespace', Conditioned)
/** Any kind that holds a pod template, and any kind with conditions. */
export const anyWorkload = reader('', Workload)
export const anyConditioned = reader('', Conditioned)
