import { containers } from '../../artifacts/layout.ts'
import { checks } from '../../health/checks.ts'
import { examine, type Finding } from '../../health/examine.ts'
import { randomId } from '../../runtime/ids.ts'
import type { Log } from '../../runtime/log.ts'
import { TRIAL_ID, tryAgent } from '../../triage/try-agent.ts'
import { triageDeps } from '../deps/triage.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'

const FOLLOW_MS = 10_000

export type DoctorRequest = { readonly query: { readonly get: (name: string) => string | null } }

/**
 * `POST /api/doctor`: whether the app has what it needs, tried as itself. 200 also when something is not well.
 * `?agent=<id>` starts an agent, too: ask with the same id until its finding is no longer `pending`.
 */
export async function doctor(platform: Platform, log: Log, { query }: DoctorRequest): Promise<Answer> {
  const agent = query.get('agent')
  if (agent !== null && !TRIAL_ID.test(agent))
    return { status: 400, jsonBody: { error: 'agent must be 8 to 20 of a-z and 0-9' } }
  const secret = async (reference: string) => {
    await platform.apiKey(reference)
  }
  const follow = async (link: string) => {
    const answer = await fetch(link, { signal: AbortSignal.timeout(FOLLOW_MS) })
    await answer.body?.cancel()
    return answer.status
  }
  const [findings, tried] = await Promise.all([
    examine(checks({ ...platform, secret, follow, newId: randomId })),
    agent === null ? [] : triedAgent(platform, log, agent),
  ])
  return { status: 200, jsonBody: { findings: [...findings, ...tried] }, headers: { 'cache-control': 'no-store' } }
}

async function triedAgent(
  platform: Platform,
  log: Log,
  id: string,
): Promise<readonly (Finding & { pending?: boolean })[]> {
  const { settings } = platform
  if (settings.AGENT_IMAGE === '' && settings.LOCAL_GROUPS_DIR === '') return []
  // A start that takes longer than a check may is asked for again.
  let pending = true
  const findings = await examine([
    {
      name: 'an agent starts',
      remedy:
        'docs/operations.md, Agents. EACCES: set AGENT_FILES to environment. An image that cannot be pulled: infra/image.sh, and AcrPull for its identity. No answer of storage: the network of the agents.',
      check: async () => {
        const { state, says } = await tryAgent(
          { ...triageDeps(platform, log), bundles: platform.storage.blobs(containers.bundles) },
          id,
        ).catch((error: unknown) => {
          pending = false
          throw error
        })
        pending = state === 'waits'
        return state === 'well' ? undefined : says
      },
    },
  ])
  return findings.map((one) => (pending ? { ...one, pending } : one))
}
