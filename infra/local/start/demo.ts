import { fileURLToPath } from 'node:url'
import { kubeconfigTargets } from '../../../shared/mcp-server/targets/kubeconfig-targets.ts'
import { startSimulator } from '../../../test/simulator/simulator.ts'
import { serve, type Watched } from './watched.ts'

const scenario = fileURLToPath(new URL('../demo', import.meta.url))

export type Demo = Watched & {
  /** Rolls out the release that does not start. */
  readonly breakIt: () => Promise<void>
}

/** A small shop on a simulated Kubernetes API over HTTPS, watched by our own MCP server. */
export async function startDemo(folder: string, stack: AsyncDisposableStack): Promise<Demo> {
  const simulator = await startSimulator({ folder: scenario, name: 'demo' })
  stack.defer(simulator.stop)
  const targets = kubeconfigTargets([{ text: simulator.kubeconfig, where: 'the demo' }])
  const contexts = [{ context: 'demo', kubeconfig: simulator.kubeconfig }]
  const watched = await serve([{ targets, contexts }], { folder, stack })
  return {
    ...watched,
    facts: [['cluster', `demo, simulated at ${simulator.url}`], ...watched.facts],
    breakIt: simulator.startChanges,
  }
}
