import type { AgentJob } from '../../shared/artifacts/job.ts'
import { incidentOf } from '../simulator/memory-run.ts'
import { crashing, logs, node, podName, workload } from './diagnose/world.ts'

/** A Deployment that crashes since a variable is missing: the plainest incident that both rules and models explain. */
export const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const
export const fatal = 'FATAL: required environment variable DEPLOY_ENV is not set'
export const crashingWeb = { objects: [node('n1'), ...workload('web', crashing(1))], logs: logs('web', fatal) }
export const crashOfWeb = incidentOf({
  faultId: 'f1',
  faultType: 'CrashLoop',
  severity: 'critical',
  resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: podName('web') },
  context: '',
  timestamp: new Date().toISOString(),
})

/** Without a model: the rules explain it. */
export const crashJob = (upload: AgentJob['upload'], seconds: number): AgentJob => ({
  version: 1,
  incident: crashOfWeb,
  allowSecretsAccess: false,
  deadline: new Date(Date.now() + seconds * 1000).toISOString(),
  upload,
  token: 'a-token-for-this-incident-only',
  runner: 'builtin',
  limits: { apiCalls: 60, turns: 1, tokens: 1, costUsd: 1 },
  extraPrompt: '',
})

const evidence = [{ id: 'e3', quote: 'exitCode: 1' }]
const cause = {
  ...web,
  class: 'Env',
  summary: 's',
  mechanism: 'm',
  confidence: 'high',
  confidenceReasons: [],
  evidence,
}
/** What a vendor's own program hands in, with a fact that only it says. */
export const foreignVerdict = {
  headline: 'web crashes',
  outcome: 'cause',
  rootCauses: [cause],
  facts: [{ text: 'Said by the foreign program.', evidence }],
}
