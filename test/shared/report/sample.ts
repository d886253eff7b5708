import { createHash } from 'node:crypto'
import type { EvidenceEntry } from '../../../shared/artifacts/evidence.ts'
import type { Verdict } from '../../../shared/artifacts/verdict.ts'
import { Incident } from '../../../shared/incident/incident.ts'

export const at = '2026-01-12T09:41:00.000Z'
const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }

export const incident = (changes: Partial<Incident> = {}): Incident =>
  Incident.parse({
    version: 1,
    incidentId: 'east.0123456789abcdef.1',
    faultId: '9d55a47c4d78b8f4',
    status: 'running',
    createdAt: at,
    startedAt: '2026-01-12T09:41:02.000Z',
    cluster: 'east',
    namespace: 'shop',
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m', uid: 'u1' },
    owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
    faultType: 'CrashLoop',
    faultClass: 'crash',
    severity: 'critical',
    context: 'Container entered CrashLoopBackOff state',
    timestamp: '2026-01-12T09:40:58Z',
    identity: '0123456789abcdef',
    generation: 1,
    occurrences: 3,
    countedFaults: [],
    firstSeen: '2026-01-12T09:40:58.000Z',
    lastSeen: at,
    fence: 1,
    notices: {},
    steps: [],
    ...changes,
  })

export const entry = (id: string, output: string, args: Record<string, unknown> = {}, status = 200): EvidenceEntry => ({
  id,
  at,
  cluster: 'east',
  tool: 'get',
  arguments: args,
  status,
  milliseconds: 3,
  sha256: createHash('sha256').update(output).digest('hex'),
  bytes: output.length,
  truncated: false,
  output,
})

export const evidence = [
  entry('e1', 'kind: Deployment\nmetadata:\n  name: web\nspec:\n  command:\n  - /bin/srvr\n', {
    kind: 'Deployment',
    name: 'web',
  }),
  entry('e2', 'exec: "/bin/srvr": stat /bin/srvr: no such file or directory', { kind: 'Pod' }),
]

export const verdict = (changes: Partial<Verdict> = {}): Verdict => ({
  version: 1,
  by: 'rules',
  outcome: 'cause',
  headline:
    'Deployment web in shop has no ready pod since 09:38 UTC: its command names a file that is not in the image.',
  rootCauses: [
    {
      ...web,
      class: 'BadCommand',
      summary: 'The container command /bin/srvr does not exist in the image.',
      mechanism: 'The runtime cannot start the process, so the container ends before it begins.',
      confidence: 'high',
      confidenceReasons: ['the runtime says so'],
      evidence: [{ id: 'e2', quote: 'stat /bin/srvr: no such file or directory' }],
    },
  ],
  hypotheses: [],
  facts: [{ text: 'The template sets the command /bin/srvr.', evidence: [{ id: 'e1', quote: '- /bin/srvr' }] }],
  inferences: [],
  timeline: [{ at, kind: 'symptom', text: 'First crash', evidence: [{ id: 'e2', quote: 'no such file' }] }],
  chain: [{ ...web, mechanism: 'names a missing file' }],
  gaps: [],
  impact: { summary: '0 of 3 replicas are ready.', desired: 3, ready: 0, affected: [] },
  remedies: [
    {
      title: 'Put back the last command that worked',
      command: 'kubectl -n shop rollout undo deployment/web',
      changesState: true,
      risk: 'low',
      rollback: 'roll forward again',
      verify: 'kubectl -n shop rollout status deployment/web',
    },
  ],
  prevention: [],
  ...changes,
})
