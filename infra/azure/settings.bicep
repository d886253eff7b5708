// Written by `npm run generate` from shared/config/settings.ts.
@export()
@sealed()
type Settings = {
  @description('subscriptions (ids, with commas) whose AKS clusters with the tag nightcrier: watch are watched too')
  DISCOVER_AKS: string?
  @description('the cloud of Azure that all of this is in')
  AZURE_ENVIRONMENT: string?
  @description('how the broker gets its files: from a secret volume, or as secure values of its own environment')
  AGENT_FILES: string?
  @description('whose model works on top of the rules; none: rules alone')
  AGENT_MODEL_PROVIDER: string?
  @description('name of the model')
  AGENT_MODEL: string?
  @description('address of the model, where the provider has no fixed one')
  AGENT_MODEL_BASE_URL: string?
  @description('keyvault:<name> or file:<path> of the model vendor key')
  AGENT_MODEL_KEY: string?
  @description('dollars for a million tokens, in and out: 0.5/1.5; 0/0 for a model of your own; empty: as the price table says')
  AGENT_MODEL_PRICE: string?
  @description('how long the model may think before it answers; vendor: as it does by itself')
  AGENT_MODEL_EFFORT: string?
  @description('lets the vendor keep what comes again in each turn, which costs a tenth then; off where a proxy refuses its marks')
  AGENT_MODEL_CACHING: string?
  @description('which program leads the investigation')
  AGENT_RUNNER: string?
  @description('seconds from launch to deadline')
  AGENT_TIMEOUT: string?
  @description('what every agent is told besides')
  ADDITIONAL_AGENT_PROMPT: string?
  @description('the most that the model may cost for one incident')
  AGENT_MAX_COST_USD: string?
  @description('the most questions to the model for one incident')
  AGENT_MAX_TURNS: string?
  @description('the most tokens for one incident')
  AGENT_MAX_TOKENS: string?
  @description('below it a fault is recorded, not investigated, in clusters that set no `severity_threshold`')
  SEVERITY_THRESHOLD: string?
  @description('agents at work over all clusters')
  MAX_CONCURRENT_AGENTS: string?
  @description('agents at work for one cluster')
  MAX_CONCURRENT_AGENTS_PER_CLUSTER: string?
  @description('incidents that wait for an agent over all clusters')
  GLOBAL_QUEUE_SIZE: string?
  @description('incidents of one cluster that wait for an agent')
  CLUSTER_QUEUE_SIZE: string?
  @description('what becomes of an incident that finds the queue full')
  QUEUE_OVERFLOW_POLICY: string?
  @description('an incident that has waited so long is skipped, and told')
  QUEUE_WAIT_LIMIT_SECONDS: string?
  @description('so long an incident waits for the verdict on another that shares its node, namespace, owner or claim')
  SAME_CAUSE_WAIT_SECONDS: string?
  @description('absent this long: resolved')
  QUIET_PERIOD_SECONDS: string?
  @description('labels of an alert that name its cluster, the first that is set counts')
  ALERT_CLUSTER_LABELS: string?
  @description('labels of an alert that name the namespace')
  ALERT_NAMESPACE_LABELS: string?
  @description('label=Kind, in order: the first that an alert has names the object; exported_ ones count first')
  ALERT_OBJECT_LABELS: string?
  @description('one run of a supervisor; well below functionTimeout')
  SUPERVISOR_WINDOW_SECONDS: string?
  @description('a cluster whose supervisor is silent for so long is taken over')
  LEASE_SECONDS: string?
  @description('how often clusters are visited: each is looked at and left again, at a part of the cost; 0: they are watched without a break')
  PATROL_SECONDS: string?
  @description('a whole look at a cluster at least so often, whatever its notices say')
  RECONCILE_SECONDS: string?
  @description('one call to an MCP server')
  MCP_CALL_TIMEOUT_SECONDS: string?
  @description('first wait after a lost connection, doubled each time')
  RECONNECT_INITIAL_SECONDS: string?
  @description('longest wait after a lost connection')
  RECONNECT_MAX_SECONDS: string?
  @description('older answers about what a kubeconfig may do are asked anew')
  PERMISSIONS_MAX_AGE_SECONDS: string?
  @description('where incidents are told: keyvault:<name> of the secret that holds the address, or the address; empty: nowhere')
  SLACK_WEBHOOK_URL: string?
  @description('Slack for government, or a test; empty: https://slack.com/api/')
  SLACK_API_URL: string?
  @description('another service region; empty: https://events.pagerduty.com/v2/enqueue')
  PAGERDUTY_URL: string?
  @description('tells when an agent fails')
  NOTIFY_ON_AGENT_FAILURE: string?
  @description('failures in a row: a degraded notice')
  FAILURE_THRESHOLD_FOR_ALERT: string?
  @description('nobody hears a cluster for so long: a notice')
  CLUSTER_UNREACHABLE_SECONDS: string?
  @description('address of this app, for links that live; empty: what Azure says (WEBSITE_HOSTNAME), else a direct link')
  REPORT_BASE_URL: string?
  @description('who may open pages: whoever has a signed link, or (entra) only people who sign in by App Service authentication; links open nothing then')
  SIGN_IN: string?
  @description('with SIGN_IN entra: object id of the group, or name of the app role, whose members may; empty: all of the tenant')
  SIGN_IN_GROUP: string?
  @description('keyvault:<name> or file:<path> of the keys that sign links, one id:secret a line, the first signs; empty: made in storage')
  LINK_KEYS: string?
  @description('life of a link to a report')
  REPORT_LINK_HOURS: string?
  @description('the least that is logged')
  LOG_LEVEL: string?
}
