/** What each door takes, from which what comes by accident or by malice is made. */
export const notice = {
  subscriptionId: 's1',
  cluster: 'east',
  faultId: '9d55a47c4d78b8f4',
  faultType: 'CrashLoop',
  severity: 'critical',
  resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m', uid: 'u1' },
  context: 'Container entered CrashLoopBackOff state',
  timestamp: '2026-01-12T09:40:58Z',
}
export const clusters = `clusters:
  - name: east
    environment: production
    labels: { team: shop }
    mcp:
      endpoint: https://mcp.example/mcp
      api_key: keyvault:mcp-east
    triage:
      kubeconfig: keyvault:kubeconfig-east
      severity_threshold: warning
notifications:
  - slack: { webhook: keyvault:slack }
    when: { severity: critical }
`
export const kubeconfig = `apiVersion: v1
kind: Config
current-context: east
clusters:
  - name: east
    cluster: { server: https://k8s.example:6443, insecure-skip-tls-verify: true }
contexts:
  - name: east
    context: { cluster: east, user: reader, namespace: shop }
users:
  - name: reader
    user: { token: fake }
`
export const toml = `kubeconfig = ["/etc/kube/a.yaml"]
default_cluster = "east"
[nsk]
rancher_url = "https://rancher.example"
cluster_pattern = "^c1-.*"
exclude_clusters = ["old"]
`
export const alerts = {
  version: '4',
  receiver: 'nightcrier',
  status: 'firing',
  externalURL: 'http://alertmanager:9093',
  truncatedAlerts: 0,
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'Crashing', cluster: 'east', namespace: 'shop', pod: 'web-6bf586c785-chf5m' },
      annotations: { summary: 'web is down' },
      startsAt: '2026-01-12T09:40:58Z',
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: '00af',
    },
  ],
}
export const manifest = `apiVersion: v1
kind: ConfigMap
metadata: { name: a, namespace: shop, labels: &l { app: web } }
data: { key: value }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: b, labels: *l }
spec: { replicas: 1 }
`
export const triage = {
  version: 1,
  type: 'faults',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  faults: [{ ...notice, labels: {}, receivedAt: '2026-01-12T09:41:00Z', source: 'notification' }],
}
export const result = { version: 1, incidentId: 'east.0123456789abcdef.1', fence: 1, ended: 'completed' }
export const told = {
  version: 1,
  type: 'incident',
  id: 'reported:east.0123456789abcdef.1:1',
  at: '2026-01-12T09:41:00.000Z',
  event: 'reported',
  incidentId: 'east.0123456789abcdef.1',
}
export const rpc =
  '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"warning","logger":"kubernetes/faults","data":{}}}'
export const line =
  '{"level":"error","ts":1768210858,"msg":"dial tcp 10.0.0.1:5432: connect: connection refused","err":{"code":"ECONNREFUSED"}}'
