import { ClusterStatus } from '../../../../shared/artifacts/cluster-status.ts'
import type { BoardCluster } from '../../../../shared/health/cluster-health.ts'
import type { Board } from '../../../../shared/report/page/board-page.ts'
import { fullReport } from '../full-report.ts'

const watched = (
  name: string,
  changes: Partial<BoardCluster> = {},
  watch: Partial<ClusterStatus> = {},
): BoardCluster => ({
  name,
  status: 'active',
  last_event: '2026-01-12T09:40:58.000Z',
  event_count: 1_204,
  blind_seconds: 2.14,
  blind_ratio: 0.000_05,
  triage_enabled: true,
  environment: 'production',
  labels: { region: 'us-east', tier: 'production' },
  watch: ClusterStatus.parse({
    status: 'active',
    statusSince: '2026-01-11T22:04:10.000Z',
    blindMilliseconds: 2_140,
    errorCount: 2,
    reconnectCount: 2,
    ...watch,
  }),
  ...changes,
})

const permissions = fullReport().permissions!

/** One cluster of each kind, and as many healthy ones as wanted. */
export const sampleBoard = (healthy = 3, changes: Partial<Board> = {}): Board => ({
  clusters: [
    ...Array.from({ length: healthy }, (_, index) =>
      watched(`prod-${index}`, { permissions: { ...permissions, write_verbs: [], warnings: [] } }),
    ),
    watched('east', { permissions }),
    watched(
      'west',
      { status: 'failed', error: 'https://mcp.west.example/mcp answered 503 Service Unavailable', retry_in: '42s' },
      { blindMilliseconds: 8_040_000, errorCount: 61, statusSince: '2026-01-12T07:27:00.000Z' },
    ),
    watched('lab', { status: 'subscribing', triage_enabled: false, environment: '', labels: {} }),
  ],
  configErrors: ['clusters.yaml: clusters[2].triage.kubeconfig: is required when triage is enabled'],
  now: '2026-01-12T09:41:12.000Z',
  page: 1,
  address: (page) => `?page=${page}`,
  list: 'list',
  ...changes,
})
