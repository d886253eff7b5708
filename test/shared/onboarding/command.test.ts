import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { parseClusters } from '../../../shared/config/clusters-file.ts'
import { onboardCommand } from '../../../shared/onboarding/command.ts'
import { ADMIN, startWritableCluster } from '../../fakes/writable-cluster.ts'
import { startSimulator } from '../../simulator/simulator.ts'

/** A folder with a kubeconfig, and the command as people start it. */
function workplace(kubeconfig: string) {
  const folder = mkdtempSync(join(tmpdir(), 'nightcrier-onboard-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = (file: string) => join(folder, file)
  writeFileSync(path('admin.yaml'), kubeconfig)
  return {
    path,
    read: (file: string) => readFileSync(path(file), 'utf8'),
    onboard: async (...more: string[]) => {
      const said: string[] = []
      const usual = ['--name', 'east', '--endpoint', 'https://mcp.east.example/mcp', '--kubeconfig', path('admin.yaml')]
      await onboardCommand((line) => said.push(line)).parseAsync(
        [...usual, '--clusters', path('clusters.yaml'), ...more],
        { from: 'user' },
      )
      return said.join('\n')
    },
  }
}
async function simulated(options: Parameters<typeof startSimulator>[0] = {}) {
  const simulator = await startSimulator({ objects: [], port: 0, ...options })
  onTestFinished(simulator.stop)
  return simulator
}
async function writable(options: Parameters<typeof startSimulator>[0] = {}) {
  const cluster = await startWritableCluster({ objects: [], ...options })
  onTestFinished(cluster.stop)
  return cluster
}

test('without --apply the manifests are shown, and nothing is changed or kept', async () => {
  const simulator = await simulated()
  const { onboard, path } = workplace(simulator.kubeconfig)
  const said = await onboard()
  expect(said).toContain('kind: ClusterRole\n')
  expect(said).toContain('Nothing was changed')
  expect(simulator.calls.filter(({ method, path: at }) => method !== 'GET' && !at.includes('/selfsubject'))).toEqual([])
  expect(existsSync(path('clusters.yaml'))).toBe(false)
})

test('a kubeconfig that is already as it should be is checked, kept and written into the clusters file', async () => {
  const simulator = await simulated()
  const { onboard, path, read } = workplace(simulator.kubeconfig)
  writeFileSync(
    path('clusters.yaml'),
    '# Ours, by hand.\nclusters:\n  - name: west # the first\n    mcp: { endpoint: https://west.example/mcp }\n',
  )
  await onboard(
    '--as-is',
    '--environment',
    'production',
    '--label',
    'region=eu',
    'tier=1',
    '--api-key',
    'keyvault:mcp-east',
  )
  const { clusters, errors } = parseClusters(read('clusters.yaml'))
  expect(errors).toEqual([])
  expect(clusters.map(({ name }) => name)).toEqual(['west', 'east'])
  expect(clusters[1]).toMatchObject({
    environment: 'production',
    labels: { region: 'eu', tier: '1' },
    mcp: { endpoint: 'https://mcp.east.example/mcp', api_key: 'keyvault:mcp-east' },
    triage: { enabled: true, kubeconfig: 'file:./kubeconfigs/east.yaml' },
  })
  expect(read('clusters.yaml')).toContain('# Ours, by hand.')
  expect(read('clusters.yaml')).toContain('# the first')
  expect(statSync(path('kubeconfigs/east.yaml')).mode & 0o777).toBe(0o600)
})

test('with --apply the account, its rights and a token that ends are made, and only they', async () => {
  const cluster = await writable()
  const { onboard, read } = workplace(cluster.kubeconfig)
  const said = await onboard('--apply')
  expect(cluster.writes.map(({ what }) => what)).toEqual([
    'PATCH /api/v1/namespaces/nightcrier',
    'PATCH /apis/rbac.authorization.k8s.io/v1/clusterroles/nightcrier-reader',
    'PATCH /api/v1/namespaces/nightcrier/serviceaccounts/nightcrier-reader',
    'PATCH /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/nightcrier-reader',
    'POST /api/v1/namespaces/nightcrier/serviceaccounts/nightcrier-reader/token',
  ])
  const kept = parse(read('kubeconfigs/east.yaml'))
  expect(kept.users).toEqual([{ name: 'nightcrier-reader', user: { token: 'reader-5' } }])
  expect(kept.contexts).toHaveLength(1)
  expect(read('kubeconfigs/east.yaml')).not.toContain(ADMIN)
  // The check was made with what is kept, not with the administrator's rights.
  expect([...cluster.readers]).toEqual(['reader-5'])
  expect(said).toMatch(/The token ends \S+, in 30\.0 days \(90 were asked for: this cluster gives no longer ones\)/)
  expect(said).not.toContain('reader-5')
})

test('onboarding again changes nothing but the token', async () => {
  const cluster = await writable()
  const { onboard, read } = workplace(cluster.kubeconfig)
  await onboard('--apply')
  const before = read('clusters.yaml')
  await onboard('--apply')
  expect(read('clusters.yaml')).toBe(before)
  expect(parse(read('kubeconfigs/east.yaml')).users[0].user.token).toBe('reader-10')
})

test('Secrets are opened only when asked for', async () => {
  const cluster = await writable()
  const { onboard, read } = workplace(cluster.kubeconfig)
  await onboard('--apply', '--secrets')
  expect(cluster.writes.map(({ what }) => what)).toContain(
    'PATCH /apis/rbac.authorization.k8s.io/v1/clusterroles/nightcrier-secrets',
  )
  expect(parseClusters(read('clusters.yaml')).clusters[0]!.triage.allow_secrets_access).toBe(true)
})

test('a credential that could change the cluster is warned of', async () => {
  const simulator = await simulated({ access: [{ verb: 'delete', resource: 'pods', allow: true }] })
  const { onboard } = workplace(simulator.kubeconfig)
  expect(await onboard('--as-is')).toMatch(/Warning: the credential can change the cluster \(delete pods/)
})

test('a kubeconfig that is of no use is not kept', async () => {
  const simulator = await simulated({ access: [{ verb: '*', resource: 'pods/log' }] })
  const { onboard, path } = workplace(simulator.kubeconfig)
  await expect(onboard('--as-is')).rejects.toThrow('east cannot be triaged with these rights')
  expect(existsSync(path('kubeconfigs'))).toBe(false)
  expect(existsSync(path('clusters.yaml'))).toBe(false)
})

test('a wrong clusters file is told before anything is kept', async () => {
  const simulator = await simulated()
  const { onboard, path } = workplace(simulator.kubeconfig)
  writeFileSync(path('clusters.yaml'), 'clusters:\n  - name: east west\n')
  await expect(onboard('--as-is')).rejects.toThrow('clusters[0].name')
  expect(existsSync(path('kubeconfigs'))).toBe(false)
})

test('somebody without the right to make roles is told so', async () => {
  const cluster = await writable()
  const { onboard } = workplace(cluster.kubeconfig.replace(ADMIN, 'token-of-somebody'))
  await expect(onboard('--apply')).rejects.toThrow(/PATCH \/api\/v1\/namespaces\/nightcrier.*403|may not/)
})
