import { connectCluster } from '../kubernetes/connect.ts'
import { createRedactor } from '../kubernetes/redact.ts'
import { createStatelessHandler } from '../mcp-server/stateless.ts'
import { lazyTargets } from '../mcp-server/targets.ts'
import { randomId } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import { deferredCluster } from './deferred-cluster.ts'
import type { Platform } from './platform.ts'

/** What the Functions library's HttpRequest has of a web request. */
export type IncomingRequest = {
  readonly method: string
  readonly url: string
  readonly headers: { readonly entries: () => Iterable<[string, string]> }
  readonly text: () => Promise<string>
}

/** A request may ask about several clusters; its pseudonyms must agree with each other, not with the next request's. */
export async function kubernetesMcp(platform: Platform, log: Log, incoming: IncomingRequest) {
  const { clusters } = await platform.clusters.current()
  const watched = clusters.filter(({ enabled, triage }) => enabled && triage.kubeconfig !== undefined)
  const targets = lazyTargets(
    watched.map((cluster) => ({
      target: { name: cluster.name, aliases: [], server: '', namespace: 'default' },
      open: () =>
        deferredCluster('', async () => {
          const { text, where, folder } = await platform.secret(cluster.triage.kubeconfig ?? '')
          return connectCluster(text, { where, ...(folder === undefined ? {} : { filesFrom: folder }) })
        }),
    })),
  )
  const cursorKey = await platform.cursorKey()
  const handle = createStatelessHandler({ targets, redact: createRedactor({ key: randomId() }), log, cursorKey })
  const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD'
  const response = await handle(
    new Request(incoming.url, {
      method: incoming.method,
      headers: [...incoming.headers.entries()],
      ...(hasBody ? { body: await incoming.text() } : {}),
    }),
  )
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.entries()),
    body: await response.text(),
  }
}
