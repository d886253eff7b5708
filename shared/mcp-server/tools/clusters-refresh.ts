import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'

/** Each of the three lists; an answer with all of them stays within 32 KiB. */
const MAX_BYTES = 4_000

export const clustersRefresh = defineTool({
  name: 'clusters_refresh',
  toolset: 'clusters',
  title: 'Clusters: Refresh',
  description: 'Use when a cluster is missing from clusters_list: looks anew at kubeconfigs, folders, Rancher, nsk.',
  input: {
    force: z.boolean().default(true).describe('False: only places whose time has come'),
  },
  output: {
    complete: z.boolean().describe('False: some place could not be looked at, so clusters may be missing'),
    clusters: z.int(),
    added: z.array(z.string()),
    removed: z.array(z.string()),
    sources: z.array(
      z.object({ kind: z.string(), name: z.string(), clusters: z.int(), problems: z.array(z.string()) }),
    ),
    problems: z.array(z.string()),
  },
  effects: reads,
  run: async ({ force }, { targets, signal }) => {
    const { sources } = targets
    if (sources === undefined)
      throw new GiveUp('The clusters of this server are fixed: there is nothing to look at anew.')
    const before = new Set(targets.list().map(({ name }) => name))
    const over = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
    let late: readonly string[] = []
    await Promise.race([Promise.all(sources.map((source) => source.refresh(force))), over])
    if (signal.aborted) late = ['Some places did not answer in the time of this call.']
    const after = new Set(targets.list().map(({ name }) => name))
    const problems = [...late, ...(targets.problems?.() ?? [])]
    return {
      structured: {
        complete: problems.length === 0,
        clusters: after.size,
        added: withinBytes(
          [...after].filter((name) => !before.has(name)),
          MAX_BYTES,
        ),
        removed: withinBytes(
          [...before].filter((name) => !after.has(name)),
          MAX_BYTES,
        ),
        sources: sources.map((source) => ({
          kind: source.kind,
          name: source.name,
          clusters: source.current().length,
          problems: [...source.problems()],
        })),
        problems: withinBytes(problems, MAX_BYTES),
      },
      text: (reported) =>
        [
          `# ${reported.clusters} clusters: ${reported.added.length} new, ${reported.removed.length} gone`,
          ...reported.added.map((name) => `+ ${name}`),
          ...reported.removed.map((name) => `- ${name}`),
          ...reported.sources.map((source) => `${source.name}: ${source.clusters}`),
          ...reported.problems.map((problem) => `! ${problem}`),
        ].join('\n'),
    }
  },
})
