import { readSettings } from '../../shared/config/settings.ts'

/** A fifth of the real times: proportions are what counts, and what stands in the code (graces) is harsher beside them. */
export const settings = {
  ...readSettings({}),
  SUPERVISOR_WINDOW_SECONDS: 24,
  LEASE_SECONDS: 9,
  RECONCILE_SECONDS: 10,
  MCP_CALL_TIMEOUT_SECONDS: 3,
  RECONNECT_INITIAL_SECONDS: 0.5,
  RECONNECT_MAX_SECONDS: 5,
  AGENT_TIMEOUT: 60,
  MAX_CONCURRENT_AGENTS: 2,
  MAX_CONCURRENT_AGENTS_PER_CLUSTER: 1,
  QUIET_PERIOD_SECONDS: 60,
  CLUSTER_UNREACHABLE_SECONDS: 300,
}
