import { checks } from '../../health/checks.ts'
import { examine } from '../../health/examine.ts'
import { randomId } from '../../runtime/ids.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'

const FOLLOW_MS = 10_000

/** `POST /api/doctor`: whether the app has what it needs, tried as itself. 200 also when something is not well. */
export async function doctor(platform: Platform): Promise<Answer> {
  const secret = async (reference: string) => {
    await platform.apiKey(reference)
  }
  const follow = async (link: string) => {
    const answer = await fetch(link, { signal: AbortSignal.timeout(FOLLOW_MS) })
    await answer.body?.cancel()
    return answer.status
  }
  const findings = await examine(checks({ ...platform, secret, follow, newId: randomId }))
  return { status: 200, jsonBody: { findings }, headers: { 'cache-control': 'no-store' } }
}
