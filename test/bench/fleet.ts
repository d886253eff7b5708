import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'

export type Scheme = 'http' | 'https'
/** `queue`: the connection string of a queue that takes all and keeps nothing. */
const Started = z.object({ template: z.string(), control: z.string(), queue: z.string() })
export type FleetAddress = Pick<z.infer<typeof Started>, 'template' | 'control'>

/** Clusters' MCP servers in a process of their own, until it is disposed of. */
export async function startFleet(scheme: Scheme) {
  const child = fork(join(import.meta.dirname, 'fleet-process.ts'), [scheme], { execArgv: [], silent: false })
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(20_000) })
  return {
    ...Started.parse(message),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

export const clusterNames = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, at) => `c${from + at}`)

/** From the address of `c0` to that of another: each cluster has an address of its own. */
export function endpointOf({ template }: FleetAddress, name: string): string {
  const number = Number(name.slice(1))
  const url = new URL(template)
  url.hostname = `127.1.${Math.floor(number / 250)}.${(number % 250) + 1}`
  url.pathname = `/${name}/mcp`
  return url.href
}

/** Lets something happen in the clusters; answers how often it did. */
export async function tellFleet(
  { control }: FleetAddress,
  act: 'restart' | 'flood' | 'steady' | 'burst' | 'subscribed',
  names: readonly string[],
  count = 0,
): Promise<number> {
  const answer = await fetch(control, { method: 'POST', body: JSON.stringify({ act, names, count }) })
  return z.number().parse(await answer.json())
}
