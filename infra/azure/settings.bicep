// Written by `npm run generate` from shared/config/settings.ts.
@export()
@sealed()
type Settings = {
  AGENT_MODEL_PROVIDER: string?
  AGENT_MODEL: string?
  AGENT_MODEL_BASE_URL: string?
  @description('keyvault:<name> or file:<path> of the model vendor key')
  AGENT_MODEL_KEY: string?
  AGENT_RUNNER: string?
  @description('seconds from launch to deadline')
  AGENT_TIMEOUT: string?
  ADDITIONAL_AGENT_PROMPT: string?
  AGENT_MAX_COST_USD: string?
  AGENT_MAX_TURNS: string?
  AGENT_MAX_TOKENS: string?
  SEVERITY_THRESHOLD: string?
  MAX_CONCURRENT_AGENTS: string?
  MAX_CONCURRENT_AGENTS_PER_CLUSTER: string?
  GLOBAL_QUEUE_SIZE: string?
  CLUSTER_QUEUE_SIZE: string?
  QUEUE_OVERFLOW_POLICY: string?
  QUEUE_WAIT_LIMIT_SECONDS: string?
  @description('absent this long: resolved')
  QUIET_PERIOD_SECONDS: string?
  @description('one run of a supervisor; well below functionTimeout')
  SUPERVISOR_WINDOW_SECONDS: string?
  LEASE_SECONDS: string?
  RECONCILE_SECONDS: string?
  MCP_CALL_TIMEOUT_SECONDS: string?
  RECONNECT_INITIAL_SECONDS: string?
  RECONNECT_MAX_SECONDS: string?
  PERMISSIONS_MAX_AGE_SECONDS: string?
  SLACK_WEBHOOK_URL: string?
  @description('Slack for government, or a test; empty: https://slack.com/api/')
  SLACK_API_URL: string?
  @description('another service region; empty: https://events.pagerduty.com/v2/enqueue')
  PAGERDUTY_URL: string?
  NOTIFY_ON_AGENT_FAILURE: string?
  @description('failures in a row: a degraded notice')
  FAILURE_THRESHOLD_FOR_ALERT: string?
  @description('nobody hears a cluster for so long: a notice')
  CLUSTER_UNREACHABLE_SECONDS: string?
  @description('address of this app, for links that live; empty: a direct link')
  REPORT_BASE_URL: string?
  REPORT_LINK_HOURS: string?
  LOG_LEVEL: string?
}
