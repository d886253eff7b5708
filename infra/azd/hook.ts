import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { cloudOf, managerOf } from '../../shared/azure/cloud.ts'
import { developerLogin } from '../../shared/azure/credential.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { wrongSettings } from './given-settings.ts'
import { providersToRegister, registerProviders } from './providers.ts'

// What azure.yaml runs around a deployment, alike in every shell.

const root = join(import.meta.dirname, '../..')
const { env } = process
const say = (line: string) => process.stderr.write(`${line}\n`)

/** Windows finds both only through its own shell: azd is a program there, npx a script. */
function run(program: string, words: readonly string[]): number {
  const done = spawnSync(program, words, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (done.error !== undefined) say(`${program} cannot be started: ${errorText(done.error)}`)
  return done.status ?? 1
}

async function preprovision(): Promise<number> {
  const wrong = wrongSettings(env.NIGHTCRIER_SETTINGS ?? '')
  if (wrong !== undefined) {
    say(wrong)
    return 1
  }
  await register()
  // A budget cannot change its first month: it is chosen once, and stays in the environment.
  if ((env.NIGHTCRIER_BUDGET_START ?? '') === '' && env.NIGHTCRIER_MONTHLY_BUDGET !== '0') {
    const month = `${systemClock.now().toISOString().slice(0, 7)}-01`
    if (run('azd', ['env', 'set', 'NIGHTCRIER_BUDGET_START', month]) !== 0) return 1
  }
  // Needs a shell and Docker, and so a digest that somebody set.
  if ((env.NIGHTCRIER_NODE_DIGEST ?? '') === '') return 0
  return run('bash', ['infra/image.sh', '--azd'])
}

const arm = managerOf(cloudOf(env))

/** Whoever deploys may read it; empty: doctor says how to get it. */
async function functionKey(): Promise<string> {
  const { AZURE_SUBSCRIPTION_ID: subscription, AZURE_RESOURCE_GROUP: group, NIGHTCRIER_APP: app } = env
  const site = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Web/sites/${app}`
  try {
    const token = await developerLogin().getToken(`${arm}/.default`)
    const answer = await fetch(`${arm}${site}/host/default/listkeys?api-version=2025-03-01`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token?.token}` },
      signal: AbortSignal.timeout(30_000),
    })
    return Keys.parse(await answer.json()).functionKeys.default ?? ''
  } catch {
    return ''
  }
}
const Keys = z.looseObject({ functionKeys: z.record(z.string(), z.string()) })

async function register(): Promise<void> {
  const subscription = env.AZURE_SUBSCRIPTION_ID ?? ''
  try {
    const { token } = (await developerLogin().getToken(`${arm}/.default`)) ?? { token: '' }
    const sleep = (milliseconds: number) => systemClock.sleep(milliseconds)
    await registerProviders(providersToRegister, { arm, subscription, token, sleep, say })
  } catch (error) {
    say(`Nobody is logged in here who could register ${providersToRegister.join(' and ')}: ${errorText(error)}`)
  }
}

/** Roles take minutes to arrive, and a new app its first start: what is wrong now may be right soon, so it only tells. */
async function postdeploy(): Promise<number> {
  env.NIGHTCRIER_KEY ??= await functionKey()
  const code = run('npx', ['nightcrier', 'doctor', '--url', env.NIGHTCRIER_URL ?? '', '--wait', '300'])
  if (code !== 0) say('Not all is well yet. Roles take some minutes to arrive; ask again: npx nightcrier doctor')
  return 0
}

const hooks: Readonly<Record<string, () => number | Promise<number>>> = { preprovision, postdeploy }
const hook = hooks[process.argv[2] ?? '']
if (hook === undefined) {
  say(`infra/azd/hook.ts: say ${Object.keys(hooks).join(' or ')}`)
  process.exitCode = 2
} else process.exitCode = await hook()
