import type { Report } from '../../../shared/artifacts/report.ts'
import { Report as ReportSchema } from '../../../shared/artifacts/report.ts'
import { entry, incident, verdict } from './sample.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const pod = { kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m' }
const command = { id: 'e1', quote: '- /bin/srvr' }
const runtime = { id: 'e2', quote: 'stat /bin/srvr: no such file or directory' }

export const fullEvidence = [
  entry('e1', 'kind: Deployment\nmetadata:\n  name: web\nspec:\n  command:\n  - /bin/srvr\n', {
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
  }),
  entry('e2', 'exec: "/bin/srvr": stat /bin/srvr: no such file or directory', { kind: 'Pod', namespace: 'shop' }),
  { ...entry('e3', 'Server started\n'.repeat(600), { pod: pod.name, previous: true }), truncated: true, tool: 'log' },
  { ...entry('e4', 'services is forbidden: cannot list', { kind: 'Service' }, 403), tool: 'list' },
]

/** A report in which every part of the page has something to show. */
export const fullReport = (changes: Partial<Report> = {}): Report =>
  ReportSchema.parse({
    version: 1,
    generatedAt: '2026-01-12T09:41:09.000Z',
    outcome: 'cause',
    headline: 'web 1/3 ready: the container command /bin/srvr does not exist in the image',
    incident: incident({
      status: 'reported',
      environment: 'production',
      labels: { region: 'us-east', tier: 'production' },
      occurrences: 14,
      image: 'registry.example/shop/web:2.4.1',
      node: 'node-a',
      completedAt: '2026-01-12T09:41:08.000Z',
      related: ['east.0123456789abcdef.0', 'west.fedcba9876543210.2'],
      members: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-x2k9p', uid: 'u2' }],
      steps: [
        { at: '2026-01-12T09:41:00.000Z', state: 'open', note: 'CrashLoop of Pod web-6bf586c785-chf5m was heard' },
        { at: '2026-01-12T09:41:00.400Z', state: 'queued', note: 'Waits for a free agent' },
        { at: '2026-01-12T09:41:02.000Z', state: 'running', note: 'Agent started, fence 1' },
      ],
    }),
    verdict: verdict({
      hypotheses: [
        {
          text: 'The new template names a command that the image does not have.',
          state: 'leading',
          for: [runtime, command],
          against: [],
          falsification: 'Had the container run once on this template, the file would exist: it never did.',
          why: 'The runtime names the missing file, and the template names the same one.',
        },
        {
          text: 'The node cannot run containers.',
          state: 'rejected',
          for: [],
          against: [{ id: 'e3', quote: 'Server started' }],
          falsification: 'Other pods on node-a would fail too: they run.',
          why: 'The old replica runs on the same node.',
        },
        {
          text: 'The Service lost its endpoints before the rollout.',
          state: 'open',
          for: [],
          against: [],
          falsification: 'Needs to read Services.',
          why: 'Services could not be read.',
        },
      ],
      facts: [
        { text: 'The template sets the command /bin/srvr.', evidence: [command] },
        { text: 'The runtime refuses to start it: no such file.', evidence: [runtime] },
        { text: 'The old replica still serves.', evidence: [{ id: 'e3', quote: 'Server started' }] },
      ],
      inferences: [{ text: 'The command was mistyped: /bin/server is one letter away.', evidence: [command] }],
      timeline: [
        { at: '2026-01-12T09:37:40.000Z', kind: 'change', text: 'Revision 7 of Deployment web', evidence: [command] },
        {
          at: '2026-01-12T09:38:02.000Z',
          kind: 'symptom',
          text: 'First container failed to start',
          evidence: [runtime],
        },
        { at: '2026-01-12T09:38:40.000Z', kind: 'symptom', text: 'Back-off after three tries', evidence: [runtime] },
        { at: '2026-01-12T09:40:58.000Z', kind: 'detection', text: 'CrashLoop reported by the cluster', evidence: [] },
        { at: '2026-01-12T09:41:03.000Z', kind: 'step', text: 'Deployment, pods, events and logs read', evidence: [] },
        { at: '2026-01-12T09:41:07.000Z', kind: 'verdict', text: 'Cause found by the rules', evidence: [runtime] },
      ],
      chain: [
        { ...web, mechanism: 'The new template sets a command that the image does not have.' },
        { kind: 'ReplicaSet', namespace: 'shop', name: 'web-6bf586c785', mechanism: 'Every new pod has it.' },
        { ...pod, mechanism: 'The runtime cannot start the container; it backs off.' },
        { kind: 'Service', namespace: 'shop', name: 'web', mechanism: 'Two of three endpoints are gone.' },
      ],
      gaps: [
        {
          what: 'Services in shop',
          why: 'The credential may not list them (403).',
          wouldSettle: 'kubectl auth can-i list services -n shop',
        },
      ],
      impact: {
        summary: '1 of 3 replicas is ready; two clients of Service web see refused connections.',
        desired: 3,
        ready: 1,
        affected: [{ kind: 'Service', namespace: 'shop', name: 'web' }, pod],
      },
      remedies: [
        {
          title: 'See which command the last good revision had',
          command: 'kubectl -n shop rollout history deployment/web --revision=6',
          changesState: false,
          risk: 'None: it only reads.',
          rollback: 'Not needed.',
          verify: 'It shows /bin/server.',
        },
        {
          title:
            'Put back the last revision that worked (managed by Argo CD application shop: revert the commit there)',
          command: 'kubectl -n shop rollout undo deployment/web',
          changesState: true,
          risk: 'Low: revision 6 served until 09:37 UTC.',
          rollback: 'kubectl -n shop rollout undo deployment/web --to-revision=7',
          verify: 'kubectl -n shop rollout status deployment/web',
        },
      ],
      prevention: ['Run the image once in CI with the command of the manifest.'],
    }),
    dropped: ['Inference: citation e9 fell, no such entry in the journal.'],
    notes: ['Logs of the previous container were cut at 64 KiB.'],
    permissions: {
      cluster_name: 'east',
      validated_at: '2026-01-12T09:30:00.000Z',
      can_get_pods: true,
      can_get_logs: true,
      can_get_events: true,
      can_get_deployments: true,
      can_get_services: false,
      can_get_nodes: true,
      secrets_access_allowed: false,
      can_get_secrets: false,
      can_get_configmaps: true,
      minimum_permissions_met: true,
      helm_access_available: false,
      write_verbs: ['delete pods'],
      warnings: ['The credential can delete pods: it should only read.'],
      raw_output: '',
    },
    evidence: fullEvidence,
    usage: {
      apiCalls: 23,
      toolCalls: 6,
      model: 'some-model-2026',
      turns: 7,
      inputTokens: 41_230,
      outputTokens: 1_802,
      costUsd: 0.0831,
      seconds: 4.6,
    },
    phases: [
      { name: 'detect', seconds: 2 },
      { name: 'queue', seconds: 2 },
      { name: 'start and publish', seconds: 1.4 },
      { name: 'investigate', seconds: 4.6 },
    ],
    redactions: { environment: 3, token: 1 },
    injectionFlags: ['A log line of pod web-6bf586c785-chf5m speaks to an assistant; it was treated as text.'],
    artifacts: ['report.json', 'incident.json', 'investigation.md', 'evidence.jsonl'],
    ...changes,
  })

export const prose = `# What I looked at

The Deployment **web** was changed at 09:37 UTC; its pods never started.

| revision | command |
| --- | --- |
| 6 | \`/bin/server\` |
| 7 | \`/bin/srvr\` |

1. Read the Deployment and its ReplicaSets
2. Read the pods and their events

\`\`\`
exec: "/bin/srvr": stat /bin/srvr: no such file or directory
\`\`\`
`
