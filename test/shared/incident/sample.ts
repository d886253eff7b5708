import { Incident } from '../../../shared/incident/incident.ts'

export const at = '2026-01-12T09:41:00.000Z'

export const incident = (changes: Partial<Incident> = {}): Incident =>
  Incident.parse({
    version: 1,
    incidentId: 'east.0123456789abcdef.1',
    faultId: '9d55a47c4d78b8f4',
    status: 'queued',
    createdAt: at,
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
    occurrences: 1,
    countedFaults: [],
    firstSeen: '2026-01-12T09:40:58.000Z',
    lastSeen: at,
    fence: 0,
    notices: {},
    steps: [],
    ...changes,
  })
