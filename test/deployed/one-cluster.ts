import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHost } from '../../infra/local/host/start-host.ts'
import { processContainerGroups } from '../../infra/local/process-groups.ts'
import { loopingDeployments } from '../end-to-end/looping-deployments.ts'
import { loopingPod } from '../end-to-end/looping-pod.ts'
import { startFaultServer } from '../fakes/fault-server.ts'
import { startSimulator } from '../simulator/simulator.ts'

const SUPERVISOR = 'supervisor-1'

/** A cluster whose Deployments fail one after the other, and a built app that watches it; all ends with the stack. */
export async function oneCluster(stack: AsyncDisposableStack, deployments: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-deployed-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const podOf = (name: string) => `${name}-6bf586c785-bhfgm`
  const server = await startFaultServer()
  stack.defer(server.stop)
  const read = loopingDeployments(Object.fromEntries(deployments.map((name) => [name, [podOf(name)]])))
  const simulator = await startSimulator({ read })
  stack.defer(() => simulator.stop())
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, simulator.kubeconfig)
  const cluster = {
    name: 'east',
    mcp: { endpoint: server.endpoint('east') },
    triage: { enabled: true, kubeconfig: `file:${kubeconfig}` },
  }
  const clustersFile = join(folder, 'clusters.yaml')
  await writeFile(clustersFile, JSON.stringify({ clusters: [cluster] }))
  const groupsFolder = join(folder, 'groups')
  stack.defer(async () => {
    const groups = processContainerGroups(groupsFolder)
    for (const { name } of await groups.list()) await groups.remove(name)
  })
  const lines: string[] = []
  const start = async (app: string, environment: Readonly<Record<string, string>>) => {
    const host = await startHost({
      app,
      environment: {
        ...{ PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
        ...{ CLUSTERS_FILE: clustersFile, LOCAL_GROUPS_DIR: groupsFolder, LOCAL_VAULT_DIR: folder },
        ...{ SUPERVISORS: '1', SUPERVISOR_WINDOW_SECONDS: '120', LEASE_SECONDS: '5', MAX_CONCURRENT_AGENTS: '2' },
        ...{ QUIET_PERIOD_SECONDS: '3600', RECONCILE_SECONDS: '10' },
        ...environment,
      },
      limits: { drainMs: 2_000, retryDelayMs: 1_000, maxPollMs: 500, visibilityMs: 20_000 },
      log: (line, worker) => void lines.push(`${worker}: ${line}`),
    })
    const sweeps = setInterval(() => host.trigger('sweep'), 3_000)
    host.trigger(SUPERVISOR)
    return {
      host,
      stop: async () => {
        clearInterval(sweeps)
        await host.stop()
      },
    }
  }
  const heard = () => server.at('east').subscriptions.size > 0
  const fail = (name: string): void => {
    const pod = podOf(name)
    const model = server.at('east')
    model.objects = [...model.objects, loopingPod(pod)]
    server.emit('east', {
      faultId: `fault-${name}`,
      faultType: 'CrashLoop',
      severity: 'critical',
      resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: pod, uid: `uid-${pod}` },
      context: 'Container entered CrashLoopBackOff state',
      timestamp: new Date().toISOString(),
    })
  }
  return { folder, start, heard, fail, lines }
}
