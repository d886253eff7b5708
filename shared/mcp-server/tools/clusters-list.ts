import { z } from 'zod'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { credentialText, DescribedCredential, describeCredential } from '../server/given-credential.ts'

/** Five hundred clusters by name; together with the text it stays what a model is shown. */
const MAX_BYTES = 24_000
const MAX_PROBLEM_BYTES = 4_000

export const clustersList = defineTool({
  name: 'clusters_list',
  toolset: 'clusters',
  title: 'Clusters: List',
  description:
    'Use when you need the names of the clusters. Looks at the configuration only: not whether a cluster answers.',
  input: {
    show_details: z.boolean().default(false).describe('Also server, namespace, aliases, how long the credential lasts'),
  },
  output: {
    clusters: z.array(
      z.object({
        name: z.string(),
        aliases: z.array(z.string()).optional(),
        server: z.string().optional(),
        namespace: z.string().optional(),
        source: z.string().optional(),
        credential: DescribedCredential.optional(),
        default: z.boolean().optional(),
        problem: z.string().optional(),
      }),
    ),
    notShown: z.int().describe('So many further ones there is no room for'),
    problems: z.array(z.string()).optional().describe('What is wrong with where the list comes from: it may lack some'),
  },
  effects: { ...reads, openWorldHint: false },
  run: async ({ show_details }, { targets, now }) => {
    const details = (name: string) => {
      const credential = describeCredential(() => targets.at(name), now())
      return credential === undefined ? {} : { credential }
    }
    const all = targets.list().map(({ name, aliases, server, namespace, source, problem }) => ({
      name,
      ...(show_details ? { aliases: [...aliases], server, namespace, ...details(name) } : {}),
      ...(show_details && source !== undefined ? { source } : {}),
      ...(targets.preferred !== undefined && [name, ...aliases].includes(targets.preferred) ? { default: true } : {}),
      ...(problem === undefined ? {} : { problem }),
    }))
    const clusters = withinBytes(all, MAX_BYTES)
    const problems = targets.problems?.() ?? []
    return {
      structured: {
        clusters,
        notShown: all.length - clusters.length,
        ...(problems.length === 0 ? {} : { problems: withinBytes(problems, MAX_PROBLEM_BYTES) }),
      },
      text: (listed) => listText(listed),
    }
  },
})

type Listed = {
  readonly clusters: readonly {
    readonly name: string
    readonly aliases?: readonly string[] | undefined
    readonly server?: string | undefined
    readonly namespace?: string | undefined
    readonly source?: string | undefined
    readonly credential?: z.infer<typeof DescribedCredential> | undefined
    readonly default?: boolean | undefined
    readonly problem?: string | undefined
  }[]
  readonly notShown: number
  readonly problems?: readonly string[] | undefined
}
function listText({ clusters, notShown, problems = [] }: Listed): string {
  const wrong = problems.map((problem) => `! ${problem}`)
  if (clusters.length === 0) return ['No clusters. Start the server with a kubeconfig.', ...wrong].join('\n')
  const lines = clusters.map((one) => {
    const details =
      one.server === undefined
        ? ''
        : `  ${one.server || 'server not read yet'}  namespace ${one.namespace}${one.source === undefined ? '' : `  from ${one.source}`}`
    const others = (one.aliases ?? []).length === 0 ? '' : `  also called ${one.aliases?.join(', ')}`
    const chosen = one.default === true ? '  (default)' : ''
    const until = credentialText(one.credential)
    return `${one.name}${chosen}${details}${others}${until === undefined ? '' : `  ${until}`}${one.problem === undefined ? '' : `  cannot be used: ${one.problem}`}`
  })
  const more = notShown === 0 ? [] : [`and ${notShown} more`]
  return [`# Clusters (${clusters.length + notShown})`, '', ...lines, ...more, ...wrong].join('\n')
}
