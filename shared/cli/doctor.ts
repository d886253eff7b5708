import { z } from 'zod'
import type { Clock } from '../runtime/clock.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { randomId } from '../runtime/ids.ts'
import type { Output } from './terminal.ts'

export type DoctorDeps = {
  readonly url: string
  readonly key: string
  readonly out: Output
  readonly json: boolean
  readonly clock: Clock
  readonly fetch?: typeof fetch
}
type Finding = z.infer<typeof Finding>
const Finding = z.looseObject({
  check: z.string(),
  ok: z.boolean(),
  problem: z.string().optional(),
  remedy: z.string().optional(),
  /** An agent that was asked for and is at work: neither well nor wrong. */
  pending: z.boolean().optional(),
})
const Findings = z.looseObject({ findings: z.array(Finding) })
const Health = z.looseObject({ status: z.string() })

/** A cold start takes some seconds, and all checks together 20. */
const ANSWER_MS = 60_000
const PAUSE_MS = 10_000
/** The app gives a trial ten minutes, and then says what became of it. */
const TRIAL_MS = 11 * 60_000
/** What the app calls the check that starts one. */
const AGENT = 'an agent starts'

/** `nightcrier doctor`: what stands between here and a watch that works, each with what to do. True when all is well. */
export async function doctor(
  deps: DoctorDeps,
  { waitSeconds, agent }: { readonly waitSeconds: number; readonly agent: boolean },
): Promise<boolean> {
  const begun = deps.clock.now().getTime()
  // The app keeps nothing of a trial: one that has ended is not asked for again, which would start another.
  let trial = agent ? randomId().replaceAll('-', '').slice(0, 16) : undefined
  let tried: Finding[] = []
  const ask = async () => {
    const all = await runOnce(deps, trial)
    const pending = all.some((one) => one.pending === true)
    const own = all.filter(({ check }) => check === AGENT)
    if (trial !== undefined && own.length > 0 && !pending) {
      trial = undefined
      tried = own
      return all
    }
    return trial === undefined ? [...all, ...tried] : all
  }
  const goesOn = (all: readonly Finding[]) => {
    const pauseEnds = deps.clock.now().getTime() + PAUSE_MS - begun
    const waits = all.some((one) => one.pending === true)
    return all.some(({ ok }) => !ok) && pauseEnds < Math.max(waitSeconds * 1_000, waits ? TRIAL_MS : 0)
  }
  let findings = await ask()
  while (goesOn(findings)) {
    await deps.clock.sleep(PAUSE_MS)
    findings = await ask()
  }
  const wrong = findings.filter(({ ok }) => !ok)
  if (deps.json) deps.out.line(JSON.stringify({ ok: wrong.length === 0, findings }))
  else print(deps.out, findings, wrong.length)
  return wrong.length === 0
}

function print(out: Output, findings: readonly Finding[], wrong: number): void {
  for (const { check, ok, problem, remedy } of findings) {
    out.line(ok ? `${out.colors.green('well')}  ${check}` : `${out.colors.red('NOT')}   ${check}: ${problem ?? ''}`)
    if (!ok && remedy !== undefined) out.line(`      ${remedy}`)
  }
  out.note(wrong === 0 ? 'All is well.' : `${wrong} of ${findings.length} not well.`)
}

async function runOnce(
  { url, key, fetch: ask = fetch }: DoctorDeps,
  trial: string | undefined,
): Promise<readonly Finding[]> {
  const base = url.replace(/\/+$/, '').replace(/\/api$/, '')
  if (!URL.canParse(base))
    throw new GiveUp(
      `"${url.slice(0, 200)}" is no address. Give one such as https://my-app.azurewebsites.net with --url.`,
    )
  const send = (path: string, method: string) =>
    ask(`${base}/api/${path}`, {
      method,
      headers: { 'user-agent': 'nightcrier', ...(key === '' ? {} : { 'x-functions-key': key }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    })
  let health: Response
  try {
    health = await send('health', 'GET')
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return [
      bad(
        'address',
        `${base} cannot be reached: ${errorText(cause)}`,
        'See that the address is right: azd env get-value NIGHTCRIER_URL.',
      ),
    ]
  }
  const problem = hostProblem(health.status, (await health.text()).slice(0, 2_000))
  if (problem !== undefined) return [problem]
  const host = { check: 'the app answers', ok: true }
  const answer = await send(trial === undefined ? 'doctor' : `doctor?agent=${trial}`, 'POST')
  const text = await answer.text()
  if (answer.status === 401)
    return [
      host,
      bad(
        'function key',
        'the app does not accept it',
        'Give it with --key or NIGHTCRIER_KEY: az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" --name <app>. Keys are made anew when the container azure-webjobs-secrets is removed.',
      ),
    ]
  if (answer.status === 404)
    return [host, bad('version', 'the app has no doctor', 'An older version runs there: azd deploy.')]
  const parsed = Findings.safeParse(fromJson(text))
  if (parsed.success) return [host, ...parsed.data.findings]
  return [
    host,
    bad(
      'settings',
      `the app answers ${answer.status}`,
      'Its functions fail as they start: wrong settings are all named in one message of the log of function doctor.',
    ),
  ]
}

const bad = (check: string, problem: string, remedy: string): Finding => ({ check, ok: false, problem, remedy })

/** What an app says that does not run, or is none of ours; health itself answers 200 or 503, both as JSON. */
function hostProblem(status: number, text: string): Finding | undefined {
  if (Health.safeParse(fromJson(text)).success) return undefined
  if (status === 403)
    return bad(
      'the app answers',
      'the function app is stopped, or your address is not allowed (403)',
      'Start it: az functionapp start; or see its access restrictions.',
    )
  if (status === 503)
    return bad(
      'the app answers',
      'the host is not running (503)',
      'It finds no storage or no package: see that the identity has Storage Blob Data Owner, and deploy again: azd deploy.',
    )
  if (status === 404)
    return bad(
      'the app answers',
      'there are no functions of nightcrier (404)',
      'The package was not loaded, or it is another app: azd deploy, and look at the log of the host.',
    )
  return bad(
    'the app answers',
    `the answer (${status}) is none of nightcrier`,
    'See that the address is that of the function app, and that no proxy answers in its place.',
  )
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
