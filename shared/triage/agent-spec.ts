import { AgentJob } from '../artifacts/job.ts'
import type { ClusterPermissions } from '../artifacts/permissions.ts'
import type { Cluster } from '../config/cluster.ts'
import { containerGroupName } from '../incident/identity.ts'
import type { Incident } from '../incident/incident.ts'
import type { ContainerSpec, GroupSpec } from '../runtime/container-groups.ts'
import type { TriageDeps } from './deps.ts'

/** As many as a report's evidence holds. */
const API_CALLS = 400
/** Enough to begin with: a storm's agent lists the cluster itself, and a secret volume is no place for much. */
const MEMBERS = 100
const EXTRA_PROMPT_CHARACTERS = 8_000
/** Names of the files beside job.json. */
const KUBECONFIG_FILE = 'kubeconfig'
const MODEL_KEY_FILE = 'model-key'

export type Parts = {
  readonly incident: Incident
  readonly deadline: string
  readonly cluster: Cluster
  readonly kubeconfig: string
  readonly permissions: ClusterPermissions | undefined
  readonly model: NonNullable<AgentJob['model']> | undefined
  readonly modelKey: string | undefined
  readonly upload: AgentJob['upload']
  readonly token: string
  readonly brokerPort: number
  readonly others?: AgentJob['others']
}

/** The model of one cluster's agents, or none: then the rules work alone. */
export function modelFor(settings: TriageDeps['settings'], cluster: Cluster): AgentJob['model'] {
  const model = cluster.triage.model || settings.AGENT_MODEL
  if (settings.AGENT_MODEL_PROVIDER === 'none' || model === '') return undefined
  const baseUrl = settings.AGENT_MODEL_BASE_URL
  return {
    provider: settings.AGENT_MODEL_PROVIDER,
    model,
    keyFile: MODEL_KEY_FILE,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(settings.AGENT_MODEL_PRICE === undefined ? {} : { price: settings.AGENT_MODEL_PRICE }),
    ...(settings.AGENT_MODEL_EFFORT === 'vendor' ? {} : { effort: settings.AGENT_MODEL_EFFORT }),
    caching: settings.AGENT_MODEL_CACHING,
  }
}

const runnerFor = (settings: TriageDeps['settings'], cluster: Cluster) => cluster.triage.runner || settings.AGENT_RUNNER

function agentJob(settings: TriageDeps['settings'], parts: Parts): AgentJob {
  const { cluster, permissions, model } = parts
  const prompts = [settings.ADDITIONAL_AGENT_PROMPT, cluster.triage.extra_prompt].filter((text) => text !== '')
  return AgentJob.parse({
    version: 1,
    incident: { ...parts.incident, members: parts.incident.members.slice(0, MEMBERS), memberKeys: undefined },
    allowSecretsAccess: cluster.triage.allow_secrets_access,
    deadline: parts.deadline,
    upload: parts.upload,
    token: parts.token,
    runner: runnerFor(settings, cluster),
    limits: {
      apiCalls: API_CALLS,
      turns: settings.AGENT_MAX_TURNS,
      tokens: settings.AGENT_MAX_TOKENS,
      costUsd: settings.AGENT_MAX_COST_USD,
    },
    extraPrompt: prompts.join('\n\n').slice(0, EXTRA_PROMPT_CHARACTERS),
    ...(permissions === undefined ? {} : { permissions }),
    ...(model === undefined ? {} : { model }),
    ...(model === undefined || parts.others === undefined ? {} : { others: parts.others }),
  })
}

/** The broker holds every secret; the agent, which exists only with a model, its address and this incident's token. */
export function groupSpec(settings: TriageDeps['settings'], parts: Parts): GroupSpec {
  const { incident, model, modelKey, token, brokerPort } = parts
  const broker: ContainerSpec = {
    name: 'broker',
    entry: 'broker.js',
    environment: { NIGHTCRIER_BROKER_PORT: String(brokerPort) },
    mountsFiles: true,
    sealed: false,
    cpu: 0.5,
    memoryGb: 1,
  }
  const agent: ContainerSpec = {
    name: 'agent',
    entry: 'agent.js',
    environment: { NIGHTCRIER_BROKER: `http://127.0.0.1:${brokerPort}`, NIGHTCRIER_TOKEN: token },
    mountsFiles: false,
    // A foreign program is a process of its own with a home to write to; its own settings and the container hold it.
    sealed: runnerFor(settings, parts.cluster) === 'builtin',
    cpu: 0.5,
    memoryGb: 1,
  }
  return {
    name: containerGroupName(incident.incidentId, incident.fence),
    tags: {
      nightcrier: 'triage',
      incidentId: incident.incidentId,
      cluster: incident.cluster,
      fence: String(incident.fence),
      deadline: parts.deadline,
    },
    containers: model === undefined ? [broker] : [broker, agent],
    files: {
      'job.json': JSON.stringify(agentJob(settings, parts)),
      [KUBECONFIG_FILE]: parts.kubeconfig,
      ...(modelKey === undefined ? {} : { [MODEL_KEY_FILE]: modelKey }),
    },
  }
}
