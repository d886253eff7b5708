import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { withinBytes } from '../server/bounds.ts'
import type { Targets } from '../targets/targets.ts'
import type { Discovery, SeenCluster, Source } from './source.ts'

/** Shared by the tools that tell of Rancher and of nsk. */

type Asked = Source & { readonly discovery: Discovery }
export function discoveryOf(targets: Targets, kind: 'rancher' | 'nsk'): Asked {
  const source = targets.sources?.find((one) => one.kind === kind)
  const discovery = source?.discovery
  if (source === undefined || discovery === undefined)
    throw new GiveUp(`This server has no ${kind}. Start it with a config that has a [${kind}] table.`)
  return { ...source, discovery }
}

/** Some 300 clusters; with its text an answer stays within 32 KiB. */
const MAX_BYTES = 20_000
export const seenOutput = {
  place: z.string(),
  refreshed: z.string().optional().describe('When the list was got; absent: never'),
  complete: z.boolean().describe('False: the list is old, or was never got'),
  clusters: z.array(z.object({ id: z.string(), name: z.string(), state: z.string(), leftOut: z.string().optional() })),
  notShown: z.int().describe('So many further ones there is no room for: name a pattern'),
  problems: z.array(z.string()),
}

export function seenAnswer(source: Asked, fits: (cluster: SeenCluster) => boolean = () => true) {
  const all = source.discovery.seen().filter(fits)
  const clusters = withinBytes(all, MAX_BYTES)
  const refreshed = source.discovery.refreshed()?.toISOString()
  const problems = [...source.problems()]
  return {
    place: source.discovery.place,
    ...(refreshed === undefined ? {} : { refreshed }),
    complete: problems.length === 0,
    clusters,
    notShown: all.length - clusters.length,
    problems,
  }
}

type Seen = z.infer<z.ZodObject<typeof seenOutput>>
export const seenText = (title: string, { clusters, notShown, refreshed, problems, place }: Seen): string =>
  [
    `# ${title} of ${place} (${clusters.length + notShown})${refreshed === undefined ? '' : `, as of ${refreshed}`}`,
    ...problems.map((problem) => `! ${problem}`),
    '',
    ...clusters.map(({ id, name, state, leftOut }) => {
      const why = leftOut === undefined ? '' : `  left out: ${leftOut}`
      return `${name}${name === id ? '' : `  (${id})`}${state === '' ? '' : `  ${state}`}${why}`
    }),
    ...(notShown === 0 ? [] : [`and ${notShown} more`]),
  ].join('\n')

export const statusOutput = {
  place: z.string(),
  reachable: z.boolean(),
  how: z.string(),
  user: z.string().optional(),
  profile: z.string().optional(),
  tokenExpires: z.string().optional(),
  tokenExpired: z.boolean().optional(),
  autoRefresh: z.boolean(),
  refreshSeconds: z.number(),
  refreshed: z.string().optional(),
  clusters: z.int().describe('Known now'),
  leftOut: z.int(),
  error: z.string().optional(),
}

export async function statusAnswer({ discovery }: Asked, signal: AbortSignal) {
  const status = await discovery.status(signal)
  const refreshed = discovery.refreshed()?.toISOString()
  const seen = discovery.seen()
  const leftOut = seen.filter((one) => one.leftOut !== undefined).length
  return {
    place: discovery.place,
    ...status,
    ...(refreshed === undefined ? {} : { refreshed }),
    clusters: seen.length - leftOut,
    leftOut,
  }
}

type Status = z.infer<z.ZodObject<typeof statusOutput>>
export const statusText = (title: string, status: Status): string =>
  [
    `# ${title} ${status.place}: ${status.reachable ? 'reachable' : 'not reachable'}`,
    ...(status.error === undefined ? [] : [`! ${status.error}`]),
    ...(status.how === '' ? [] : [`Clusters are reached ${status.how}.`]),
    `${status.clusters} clusters, ${status.leftOut} left out; last got: ${status.refreshed ?? 'never'}.`,
    status.autoRefresh ? `Asked again every ${status.refreshSeconds} s.` : 'Asked again only when told to.',
    ...(status.user === undefined ? [] : [`User: ${status.user}`]),
    ...(status.profile === undefined ? [] : [`Profile: ${status.profile}`]),
    ...(status.tokenExpired === true
      ? ['The token HAS RUN OUT.']
      : [`The token runs out: ${status.tokenExpires ?? 'not known'}`]),
  ].join('\n')
