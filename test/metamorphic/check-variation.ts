import type { Investigation } from '../../agent-container/diagnose/investigate.ts'
import { Incident } from '../../shared/incident/incident.ts'
import { objectOf, wantedBy } from '../simulator/expectations.ts'
import { findFaults } from '../simulator/find-faults.ts'
import { memoryCluster } from '../simulator/memory-cluster.ts'
import { incidentOf, investigated } from '../simulator/memory-run.ts'
import type { Scenario } from '../simulator/scenario.ts'
import { type Varied, variations } from './variations.ts'

export type Broken = { readonly scenario: string; readonly variation: string; readonly why: string }
export type Checked = { readonly tried: Readonly<Record<string, number>>; readonly broken: readonly Broken[] }

/**
 * The same trouble shown in other ways: its cause stays, or becomes less certain; it is never another one, and never
 * "nothing is wrong". Each variation is asked about the incident that was heard in the scenario as written.
 */
export async function checkVariations(scenario: Scenario, names: readonly string[]): Promise<Checked> {
  const { api } = memoryCluster({ read: scenario })
  const { faults } = await findFaults({ api, startChanges: async () => undefined }, 'sim', scenario)
  const [first] = [...new Map(faults.map(incidentOf).map((incident) => [incident.identity, incident])).values()]
  if (first === undefined) return { tried: {}, broken: [] }
  const { verdict } = await investigated(api, first)
  // What was not found as written says nothing about its variations.
  if (verdict === undefined || (verdict.outcome !== 'cause' && verdict.outcome !== 'likely'))
    return { tried: {}, broken: [] }
  const tried: Record<string, number> = {}
  const broken: Broken[] = []
  for (const name of names) {
    const varied = variations[name]?.(scenario)
    if (varied === undefined) continue
    tried[name] = 1
    const why = await whatBroke(scenario, varied, first, verdict)
    if (why !== undefined) broken.push({ scenario: scenario.name, variation: name, why })
  }
  return { tried, broken }
}

type Verdict = NonNullable<Investigation['verdict']>
async function whatBroke(scenario: Scenario, varied: Varied, first: Incident, was: Verdict) {
  const { renamed = (text: string) => text, skewMs = 0 } = varied
  const now = new Date(Date.now() + skewMs)
  const { api } = memoryCluster({ read: varied.scenario, now })
  const incident = Incident.parse(JSON.parse(renamed(JSON.stringify(first))))
  const { verdict } = await investigated(api, incident)
  if (verdict === undefined) return 'has no verdict'
  if (verdict.outcome === 'none') return `comes out as none: ${verdict.headline}`
  const allowed = new Set(
    [...was.rootCauses, ...(wantedBy(scenario.expect ?? nothing) ?? [])].map(objectOf).map(renamed),
  )
  // Where the way to the cause is no longer seen, what shows the trouble may be named, as likely: that is less certain.
  const { kind, namespace = '', name } = incident.owner
  if (verdict.outcome === 'likely') allowed.add(objectOf({ kind, namespace, name }))
  const others = verdict.rootCauses.filter((cause) => !allowed.has(objectOf(cause)))
  if (others.length > 0)
    return `${verdict.outcome}: blames ${others.map((one) => `${objectOf(one)} ${one.class}`).join(', ')}`
  // Less certain is right where less is shown; certain of another mechanism is not.
  const classes = new Set(was.rootCauses.map((one) => one.class))
  const changed = verdict.outcome === 'cause' ? verdict.rootCauses.filter((cause) => !classes.has(cause.class)) : []
  return changed.length === 0 ? undefined : `is certain of ${changed.map((one) => one.class).join(', ')} now`
}
const nothing = { mustMention: [], mustNotMention: [], mustNotBlame: [] }

/** As many as are there, how often each was tried and what broke. */
export function summed(all: readonly Checked[], names: readonly string[]) {
  return names.map((name) => ({
    variation: name,
    tried: all.reduce((sum, { tried }) => sum + (tried[name] ?? 0), 0),
    broken: all.flatMap(({ broken }) => broken.filter(({ variation }) => variation === name)),
  }))
}
