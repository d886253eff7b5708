import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../infra/build.ts'
import { type Platform, startPlatform } from '../../infra/local/start/platform.ts'
import { startWeatherProxy, type Weather } from '../fakes/weather-proxy.ts'

const root = join(import.meta.dirname, '../..')

/** The latest: what went wrong is told at the end. */
const MOST_LINES = 20_000

export type WholeApp = Platform & { readonly posts: readonly string[]; readonly lines: readonly string[] }

/** The built app over Azurite, with a Slack channel that counts. Everything ends with the stack. */
export async function wholeApp(
  stack: AsyncDisposableStack,
  clusters: readonly unknown[],
  settings: Readonly<Record<string, string>>,
  instances: number,
  { weather, visibilityMs }: { readonly weather?: Weather; readonly visibilityMs?: number } = {},
): Promise<WholeApp> {
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-e2e-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const { folder: app } = await build(root, join(folder, 'dist'))
  const clustersFile = join(folder, 'clusters.yaml')
  await writeFile(clustersFile, JSON.stringify({ clusters }))
  const posts: string[] = []
  const slack = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    posts.push(body)
    response.end('ok')
  })
  await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve))
  stack.defer(() => void slack.close())
  const address = slack.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const lines: string[] = []
  const platform = await startPlatform(
    {
      app,
      folder,
      environment: { ...settings, CLUSTERS_FILE: clustersFile, SLACK_WEBHOOK_URL: `http://127.0.0.1:${port}/hook` },
      instances,
      port: 0,
      ...(visibilityMs === undefined ? {} : { visibilityMs }),
      ...(weather === undefined
        ? {}
        : {
            between: async (connectionString: string) => {
              const proxy = await startWeatherProxy(connectionString)
              stack.defer(proxy.stop)
              proxy.weather = weather
              return proxy.connectionString
            },
          }),
      log: (line, worker) => {
        if (lines.push(`${worker}: ${line}`) > MOST_LINES) lines.splice(0, MOST_LINES / 10)
      },
    },
    stack,
  )
  return { ...platform, posts, lines }
}

/** Asks until it is so; fails with what was seen last. */
export async function eventually<T>(
  what: string,
  seconds: number,
  look: () => Promise<T>,
  enough: (seen: T) => boolean,
): Promise<T> {
  const until = Date.now() + seconds * 1_000
  for (;;) {
    const seen = await look()
    if (enough(seen)) return seen
    if (Date.now() > until) throw new Error(`${what}: not within ${seconds} s; last seen: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
