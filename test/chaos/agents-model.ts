import { gzipSync } from 'node:zlib'
import { AgentJob } from '../../shared/artifacts/job.ts'
import { bundleName } from '../../shared/artifacts/layout.ts'
import type { ResultMessage } from '../../shared/incident/messages.ts'
import type { ContainerGroups, Group, GroupSpec, GroupState } from '../../shared/runtime/container-groups.ts'
import type { MemoryBlobs } from '../fakes/memory-blobs.ts'
import type { MemoryQueue } from '../fakes/memory-queue.ts'
import { BEGINNING, type Mortal, mortal, type Sky } from './mortal.ts'

export type AgentHabits = { readonly hangs: number; readonly fails: number; readonly workMs: number }
type Running = { readonly spec: GroupSpec; readonly agent: Mortal; state: GroupState; readonly job: AgentJob }
export type AgentsDeps = {
  readonly bundles: MemoryBlobs
  readonly results: MemoryQueue
  readonly habits: () => AgentHabits
  readonly full: () => boolean
  /** What all verdicts of a cluster name; nothing is found where it is false. */
  readonly sameCause: boolean
  /** A bundle of this incident and fence has been accepted. */
  readonly onBundle: (incidentId: string, fence: number) => void
}

/** Container groups whose agents work, hang, die, upload once and say so; a removed one may have a write under way. */
export function agentsModel(sky: Sky, deps: AgentsDeps) {
  const groups = new Map<string, Running>()
  const shown = (name: string, { state, spec }: Running): Group => ({ name, state, tags: spec.tags })

  function start(spec: GroupSpec, first = false): 'started' | 'already-there' | 'no-capacity' {
    const there = groups.get(spec.name)
    if (there !== undefined && !first) return 'already-there'
    // Whoever did not look for it has changed it, and a change restarts containers.
    there?.agent.die('its group is started once more')
    if (deps.full()) return 'no-capacity'
    const job = AgentJob.parse(JSON.parse(spec.files['job.json'] ?? ''))
    const agent = mortal(sky, spec.name, () => {
      const running = groups.get(spec.name)
      if (running?.agent === agent) running.state = 'failed'
    })
    const running: Running = { spec, agent, state: 'pending', job }
    groups.set(spec.name, running)
    void work(running)
    return 'started'
  }

  async function work(running: Running): Promise<void> {
    const { agent, job } = running
    const { hangs, fails, workMs } = deps.habits()
    await agent.clock.sleep(sky.chance.between(500, 5_000))
    running.state = 'running'
    if (sky.chance.happens(fails)) return agent.die('the agent fails')
    await agent.clock.sleep(sky.chance.between(500, workMs))
    if (sky.chance.happens(hangs)) return
    const { incidentId, fence } = job.incident
    await tried(agent, 'upload', () => {
      deps.bundles.followCreateLink(job.upload.bundle, bundleOf(incidentId, fence, deps.sameCause))
      deps.onBundle(incidentId, fence)
    })
    const message: ResultMessage = { version: 1, incidentId, fence, ended: 'completed' }
    await tried(agent, 'result', () => deps.results.send(JSON.stringify(message)))
    running.state = 'succeeded'
  }

  /** A broker tries its last acts more than once, and then ends whatever came of them. */
  async function tried(agent: Mortal, what: string, act: () => void | Promise<void>): Promise<void> {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        return await agent.call(what, act)
      } catch {
        await agent.clock.sleep(500)
      }
    }
  }

  return {
    of: (who: Mortal): ContainerGroups => ({
      start: (spec, options) => who.call(`groups.start ${spec.name}`, () => start(spec, options?.first)),
      list: () => who.call('groups.list', () => [...groups].map(([name, one]) => shown(name, one))),
      get: (name) =>
        who.call(`groups.get ${name}`, () => {
          const found = groups.get(name)
          return found === undefined ? undefined : shown(name, found)
        }),
      logs: async () => '',
      remove: (name) =>
        who.call(`groups.remove ${name}`, () => {
          const found = groups.get(name)
          groups.delete(name)
          found?.agent.die('its group is removed')
        }),
    }),
    names: () => [...groups.keys()],
  }
}
export type AgentsModel = ReturnType<typeof agentsModel>

/** What the page of this attempt must show, so that it can be told from another's. */
export const verdictMark = (incidentId: string, fence: number): string => `Found by attempt ${fence} of ${incidentId}.`

const QUOTE = 'pool: 0'
const CAUSE = {
  ...{ kind: 'ConfigMap', namespace: 'shop', name: 'common-settings', class: 'BadSetting' },
  ...{ summary: 'its pool is empty', mechanism: 'whoever reads it ends', confidence: 'high', confidenceReasons: [] },
  evidence: [{ id: 'e1', quote: QUOTE }],
}
const READ = {
  ...{ id: 'e1', at: new Date(BEGINNING).toISOString(), cluster: 'east', tool: 'get', status: 200, milliseconds: 1 },
  arguments: { kind: 'ConfigMap', namespace: 'shop', name: 'common-settings' },
  ...{ sha256: '0'.repeat(64), bytes: 60, truncated: false },
  output: `kind: ConfigMap\nmetadata:\n  name: common-settings\ndata:\n  ${QUOTE}\n`,
}
const bundles = new Map<string, Uint8Array>()
/** Packing is most of a schedule's time, and the same ids come again in each. */
function bundleOf(incidentId: string, fence: number, finds: boolean): Uint8Array {
  const name = `${bundleName(incidentId, fence)} ${finds}`
  const known = bundles.get(name)
  if (known !== undefined) return known
  const verdict = {
    version: 1,
    by: 'model',
    outcome: finds ? 'cause' : 'inconclusive',
    headline: verdictMark(incidentId, fence),
    rootCauses: finds ? [CAUSE] : [],
    hypotheses: [],
    facts: [],
    inferences: [],
    timeline: [],
    chain: [],
    gaps: [],
    impact: { summary: '', affected: [] },
    remedies: [],
    prevention: [],
  }
  const usage = { apiCalls: 0, toolCalls: 0, model: '', turns: 0, inputTokens: 0, outputTokens: 0, seconds: 1 }
  const bundle = {
    version: 1,
    incidentId,
    fence,
    ended: 'completed',
    notes: [],
    usage,
    redactions: {},
    injectionFlags: [],
    files: {
      'verdict.json': JSON.stringify(verdict),
      ...(finds ? { 'evidence.jsonl': `${JSON.stringify(READ)}\n` } : {}),
    },
  }
  const packed = gzipSync(JSON.stringify(bundle), { level: 1 })
  if (bundles.size < 5_000) bundles.set(name, packed)
  return packed
}
