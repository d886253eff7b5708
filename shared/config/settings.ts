import { z } from 'zod'
import { Severity } from '../faults/fault.ts'
import { GiveUp } from '../runtime/errors.ts'
import { SecretRef } from './cluster.ts'
import { describeIssues } from './describe-issues.ts'
import { PATROLS } from './supervisor-timers.ts'

/** An environment variable that is empty counts as not set: that is how Azure's settings page clears one. */
const whole = (fallback: number, least: number, most: number) =>
  z.coerce.number().refine(Number.isInteger, 'must be a whole number').min(least).max(most).default(fallback)
const text = (fallback: string) => z.string().default(fallback)
const words = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
])
// Not `enum().transform()` here and not `int()` above: one wrong value there hides what the checks across settings find.
const flag = (fallback: boolean) =>
  z
    .preprocess((value) => words.get(typeof value === 'string' ? value.toLowerCase() : value), z.boolean())
    .default(fallback)

const url = z.url({ error: 'must be a URL' })
const webAddress = text('').refine((value) => value === '' || /^https?:\/\/[^/]/.test(value), {
  error: 'must be an http:// or https:// address',
})
/** `input/output`, as a price list writes it. */
const price = z
  .string()
  .regex(/^\d+(\.\d+)?\/\d+(\.\d+)?$/, 'must be two numbers, such as 0.5/1.5')
  .transform((value) => {
    const [input = 0, output = 0] = value.split('/').map(Number)
    return { input, output }
  })
const secretRef = text('').refine((value) => value === '' || SecretRef.safeParse(value).success, {
  error: 'must be keyvault:<secret name> or file:<path>, not the secret itself',
})
const webhook = text('').refine(
  (value) => value === '' || /^https?:\/\/[^/]/.test(value) || SecretRef.safeParse(value).success,
  {
    error: 'must be keyvault:<secret name>, file:<path>, or an http:// or https:// address',
  },
)
/** Checked together with all else, so that one start shows everything. */
const always = { when: () => true }

/** Every setting of the product: one environment variable each. The table in the docs is checked against this. */
export const Settings = z
  .object({
    /** Where storage is: a connection string locally; in Azure the host gives `AzureWebJobsStorage__*ServiceUri` instead. */
    AzureWebJobsStorage: z
      .string()
      .optional()
      .describe('connection string of storage, for local use; in Azure the next three stand in its place'),
    AzureWebJobsStorage__blobServiceUri: url
      .optional()
      .describe('address of the blob service, reached with an identity'),
    AzureWebJobsStorage__queueServiceUri: url.optional().describe('address of the queue service'),
    AzureWebJobsStorage__tableServiceUri: url.optional().describe('address of the table service'),
    AzureWebJobsStorage__clientId: z.string().optional().describe('the user-assigned identity of this app'),
    APPLICATIONINSIGHTS_CONNECTION_STRING: text('').describe(
      'where spans are sent, with the identity of this app; empty: nowhere',
    ),
    CLUSTERS_FILE: text('').describe('a local clusters.yaml; empty: the blob config/clusters.yaml'),
    DISCOVER_AKS: text('').describe(
      'subscriptions (ids, with commas) whose AKS clusters with the tag nightcrier: watch are watched too',
    ),
    KEY_VAULT_URL: url.optional().describe('Key Vault of kubeconfigs and keys'),
    LOCAL_VAULT_DIR: text('').describe('a folder of secret files in place of Key Vault, for local use'),
    LOCAL_GROUPS_DIR: text('').describe(
      'a folder for agents as child processes in place of container groups, for local use',
    ),
    AZURE_ENVIRONMENT: z
      .enum(['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'])
      .default('AzureCloud')
      .describe('the cloud of Azure that all of this is in'),
    AZURE_SUBSCRIPTION_ID: text('').describe('subscription of the container groups'),
    AGENT_RESOURCE_GROUP: text('').describe('resource group of the container groups'),
    AGENT_LOCATION: text('').describe('region of the container groups'),
    AGENT_IMAGE: text('').describe('agent image with digest'),
    AGENT_SUBNET_ID: text('').describe('delegated subnet of the container groups'),
    AGENT_REGISTRY_IDENTITY: text('').describe('identity that may pull the image, when the registry is private'),
    AGENT_FILES: z
      .enum(['volume', 'environment'])
      .default('volume')
      .describe('how the broker gets its files: from a secret volume, or as secure values of its own environment'),
    AGENT_DNS_SERVERS: text('').describe('DNS servers that agents ask (addresses, with commas); empty: those of Azure'),
    AGENT_MODEL_PROVIDER: z
      .enum(['none', 'anthropic', 'azure', 'openai-compatible', 'google'])
      .default('none')
      .describe('whose model works on top of the rules; none: rules alone'),
    AGENT_MODEL: text('').describe('name of the model'),
    AGENT_MODEL_BASE_URL: url.optional().describe('address of the model, where the provider has no fixed one'),
    AGENT_MODEL_KEY: secretRef.describe('keyvault:<name> or file:<path> of the model vendor key'),
    AGENT_MODEL_PRICE: price
      .optional()
      .describe(
        'dollars for a million tokens, in and out: 0.5/1.5; 0/0 for a model of your own; empty: as the price table says',
      ),
    AGENT_MODEL_EFFORT: z
      .enum(['vendor', 'low', 'medium', 'high'])
      .default('vendor')
      .describe('how long the model may think before it answers; vendor: as it does by itself'),
    AGENT_MODEL_CACHING: flag(true).describe(
      'lets the vendor keep what comes again in each turn, which costs a tenth then; off where a proxy refuses its marks',
    ),
    AGENT_RUNNER: z
      .enum(['builtin', 'claude', 'codex', 'gemini', 'goose'])
      .default('builtin')
      .describe('which program leads the investigation'),
    AGENT_TIMEOUT: whole(300, 10, 3_600).describe('seconds from launch to deadline'),
    ADDITIONAL_AGENT_PROMPT: text('').describe('what every agent is told besides'),
    AGENT_MAX_COST_USD: z.coerce
      .number()
      .positive()
      .max(100)
      .default(0.5)
      .describe('the most that the model may cost for one incident'),
    AGENT_MAX_TURNS: whole(20, 1, 100).describe('the most questions to the model for one incident'),
    AGENT_MAX_TOKENS: whole(200_000, 1_000, 5_000_000).describe('the most tokens for one incident'),
    SEVERITY_THRESHOLD: Severity.default('warning').describe(
      'below it a fault is recorded, not investigated, in clusters that set no `severity_threshold`',
    ),
    MAX_CONCURRENT_AGENTS: whole(5, 1, 100).describe('agents at work over all clusters'),
    MAX_CONCURRENT_AGENTS_PER_CLUSTER: whole(1, 1, 20).describe('agents at work for one cluster'),
    GLOBAL_QUEUE_SIZE: whole(100, 1, 10_000).describe('incidents that wait for an agent over all clusters'),
    CLUSTER_QUEUE_SIZE: whole(10, 1, 1_000).describe('incidents of one cluster that wait for an agent'),
    QUEUE_OVERFLOW_POLICY: z
      .enum(['drop', 'reject'])
      .default('drop')
      .describe('what becomes of an incident that finds the queue full'),
    QUEUE_WAIT_LIMIT_SECONDS: whole(3_600, 60, 86_400).describe(
      'an incident that has waited so long is skipped, and told',
    ),
    SAME_CAUSE_WAIT_SECONDS: whole(30, 0, 300).describe(
      'so long an incident waits for the verdict on another that shares its node, namespace, owner or claim',
    ),
    QUIET_PERIOD_SECONDS: whole(600, 10, 86_400).describe('absent this long: resolved'),
    ALERT_CLUSTER_LABELS: text('cluster').describe(
      'labels of an alert that name its cluster, the first that is set counts',
    ),
    ALERT_NAMESPACE_LABELS: text('namespace').describe('labels of an alert that name the namespace'),
    ALERT_OBJECT_LABELS: text(
      'deployment=Deployment,statefulset=StatefulSet,daemonset=DaemonSet,cronjob=CronJob,job_name=Job,horizontalpodautoscaler=HorizontalPodAutoscaler,persistentvolumeclaim=PersistentVolumeClaim,poddisruptionbudget=PodDisruptionBudget,ingress=Ingress,replicaset=ReplicaSet,persistentvolume=PersistentVolume,pod=Pod,node=Node',
    ).describe('label=Kind, in order: the first that an alert has names the object; exported_ ones count first'),
    SUPERVISORS: whole(2, 1, 40).describe('supervisor functions; each has instances of its own on Flex'),
    SUPERVISOR_WINDOW_SECONDS: whole(280, 5, 1_500).describe('one run of a supervisor; well below functionTimeout'),
    LEASE_SECONDS: whole(60, 5, 600).describe('a cluster whose supervisor is silent for so long is taken over'),
    PATROL_SECONDS: whole(0, 0, 600)
      .refine((seconds) => seconds === 0 || PATROLS.includes(seconds), {
        error: `must be 0 or one of ${PATROLS.join(', ')}`,
      })
      .describe(
        'how often clusters are visited: each is looked at and left again, at a part of the cost; 0: they are watched without a break',
      ),
    RECONCILE_SECONDS: whole(300, 5, 86_400).describe(
      'a whole look at a cluster at least so often, whatever its notices say',
    ),
    MCP_CALL_TIMEOUT_SECONDS: whole(15, 1, 120).describe('one call to an MCP server'),
    RECONNECT_INITIAL_SECONDS: z.coerce
      .number()
      .min(0.05)
      .max(60)
      .default(1)
      .describe('first wait after a lost connection, doubled each time'),
    RECONNECT_MAX_SECONDS: z.coerce
      .number()
      .min(0.05)
      .max(600)
      .default(60)
      .describe('longest wait after a lost connection'),
    PERMISSIONS_MAX_AGE_SECONDS: whole(3_600, 10, 86_400).describe(
      'older answers about what a kubeconfig may do are asked anew',
    ),
    SLACK_WEBHOOK_URL: webhook.describe(
      'where incidents are told: keyvault:<name> of the secret that holds the address, or the address; empty: nowhere',
    ),
    SLACK_API_URL: webAddress.describe('Slack for government, or a test; empty: https://slack.com/api/'),
    PAGERDUTY_URL: webAddress.describe('another service region; empty: https://events.pagerduty.com/v2/enqueue'),
    NOTIFY_ON_AGENT_FAILURE: flag(true).describe('tells when an agent fails'),
    FAILURE_THRESHOLD_FOR_ALERT: whole(3, 1, 100).describe('failures in a row: a degraded notice'),
    CLUSTER_UNREACHABLE_SECONDS: whole(300, 10, 86_400).describe('nobody hears a cluster for so long: a notice'),
    REPORT_BASE_URL: webAddress.describe(
      'address of this app, for links that live; empty: what Azure says (WEBSITE_HOSTNAME), else a direct link',
    ),
    SIGN_IN: z
      .enum(['links', 'entra'])
      .default('links')
      .describe(
        'who may open pages: whoever has a signed link, or (entra) only people who sign in by App Service authentication; links open nothing then',
      ),
    SIGN_IN_GROUP: text('').describe(
      'with SIGN_IN entra: object id of the group, or name of the app role, whose members may; empty: all of the tenant',
    ),
    WEBSITE_AUTH_ENABLED: flag(false).describe(
      'said by App Service while its authentication is on; without it SIGN_IN entra lets nobody in',
    ),
    IDENTITY_ENDPOINT: url.optional().describe('said by the platform: where the identity of this app gets its tokens'),
    IDENTITY_HEADER: text('').describe('said by the platform: what shows there that a request comes from this app'),
    LINK_KEYS: secretRef.describe(
      'keyvault:<name> or file:<path> of the keys that sign links, one id:secret a line, the first signs; empty: made in storage',
    ),
    INCIDENT_KEEP_DAYS: whole(210, 1, 3_650).describe(
      'days after which an incident that is over is forgotten; longer than its report is kept',
    ),
    REPORT_LINK_HOURS: whole(24, 1, 168).describe('life of a link to a report'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info').describe('the least that is logged'),
  })
  .refine((given) => !(given.RECONNECT_INITIAL_SECONDS > given.RECONNECT_MAX_SECONDS), {
    ...always,
    path: ['RECONNECT_INITIAL_SECONDS'],
    error: 'must not be more than RECONNECT_MAX_SECONDS',
  })
  .refine((given) => given.AGENT_MODEL_PROVIDER === 'none' || given.AGENT_MODEL !== '', {
    ...always,
    path: ['AGENT_MODEL'],
    error: 'is required unless AGENT_MODEL_PROVIDER is none',
  })
export type Settings = Readonly<z.infer<typeof Settings>>

/** The only place that reads the environment. All that is wrong is said in one message, one line each. */
export function readSettings(environment: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const given: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  // Azure tells each app its own name; a local one has no certificate.
  const { WEBSITE_HOSTNAME: own } = given
  if (own !== undefined && /^[\w.-]+(:\d+)?$/.test(own))
    given.REPORT_BASE_URL ??= `${/^(localhost|127\.)/.test(own) ? 'http' : 'https'}://${own}`
  const parsed = Settings.safeParse(given)
  if (parsed.success) return Object.freeze(parsed.data)
  const lines = describeIssues(parsed.error, Settings, given).map((line) => `  ${line}`)
  throw new GiveUp(`These settings are wrong:\n${lines.join('\n')}`)
}
