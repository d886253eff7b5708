import { z } from 'zod'

/**
 * A deployment registers only providers of the resources that it holds. Container groups come later, made by an identity
 * that may register nothing; Flex Consumption's network belongs to Microsoft.App, which appears in a delegation alone.
 */
export const providersToRegister: readonly string[] = ['Microsoft.App', 'Microsoft.ContainerInstance']

export type RegisterDeps = {
  /** Azure Resource Manager. */
  readonly arm: string
  readonly subscription: string
  readonly token: string
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly say: (line: string) => void
}

const Provider = z.looseObject({ registrationState: z.string().default('NotRegistered') })
/** Each answer comes within seconds; a registration takes a minute or two. */
const ANSWER_MS = 30_000
const PAUSE_MS = 5_000
const MAX_TRIES = 60

/** Registers what is not registered and waits until it is. Whoever may not is told what an owner must run; nothing stops. */
export async function registerProviders(names: readonly string[], deps: RegisterDeps): Promise<void> {
  for (const name of names) {
    const seen = await ask(deps, 'GET', name, '')
    if (seen === 'Registered') continue
    if (seen !== undefined) deps.say(`Registering the resource provider ${name} …`)
    if (seen === undefined || !(await becomes(deps, name)))
      deps.say(
        `${name} could not be registered. An owner of the subscription must: az provider register --namespace ${name}`,
      )
  }
}

async function becomes(deps: RegisterDeps, name: string): Promise<boolean> {
  let state = await ask(deps, 'POST', name, '/register')
  for (let tries = 0; state !== undefined && state !== 'Registered' && tries < MAX_TRIES; tries++) {
    await deps.sleep(PAUSE_MS)
    state = await ask(deps, 'GET', name, '')
  }
  return state === 'Registered'
}

async function ask({ arm, subscription, token }: RegisterDeps, method: string, name: string, act: string) {
  try {
    const answer = await fetch(`${arm}/subscriptions/${subscription}/providers/${name}${act}?api-version=2021-04-01`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const body: unknown = await answer.json()
    return answer.ok ? Provider.parse(body).registrationState : undefined
  } catch {
    // Refused, or nobody there: the sentence that follows says what to do either way.
    return undefined
  }
}
