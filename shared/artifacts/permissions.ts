import { z } from 'zod'

/** `incident_cluster_permissions.json`: what the triage credential may do in one cluster, asked from its own API. */
export const ClusterPermissions = z.strictObject({
  cluster_name: z.string(),
  validated_at: z.iso.datetime(),
  can_get_pods: z.boolean(),
  can_get_logs: z.boolean(),
  can_get_events: z.boolean(),
  can_get_deployments: z.boolean(),
  can_get_services: z.boolean(),
  can_get_nodes: z.boolean(),
  secrets_access_allowed: z.boolean(),
  can_get_secrets: z.boolean(),
  can_get_configmaps: z.boolean(),
  minimum_permissions_met: z.boolean(),
  helm_access_available: z.boolean(),
  /** `delete pods`, `* *`: what it could change and should not be able to. */
  write_verbs: z.array(z.string()).max(200),
  warnings: z.array(z.string()).max(50),
  raw_output: z.string().max(20_000),
})
export type ClusterPermissions = z.infer<typeof ClusterPermissions>
/** By whose credential, as a derived id, never the credential itself. */
export type KnownPermissions = { readonly credential: string; readonly permissions: ClusterPermissions }
