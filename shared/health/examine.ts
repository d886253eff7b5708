import { errorText } from '../runtime/errors.ts'

/** One thing that must be so for the app to work: how it is tried, and what to do when it is not so. */
export type Check = {
  readonly name: string
  /** Answers what is not well, in words; nothing when all is. Whatever it throws is not well either. */
  readonly check: () => Promise<string | undefined>
  readonly remedy: string
}
export type Finding = {
  readonly check: string
  readonly ok: boolean
  readonly problem?: string
  readonly remedy?: string
}

/** A service that hangs is told as such; the platform gives the whole answer 230 s. */
const CHECK_MS = 20_000
const MAX_PROBLEM_CHARACTERS = 500

/** All at once: one that fails or hangs keeps no other from being told. */
export const examine = (checks: readonly Check[]): Promise<readonly Finding[]> => Promise.all(checks.map(finding))

async function finding({ name, check: probe, remedy }: Check): Promise<Finding> {
  const problem = await withinLimit(probe)
  return problem === undefined ? { check: name, ok: true } : { check: name, ok: false, problem, remedy }
}

async function withinLimit(check: Check['check']): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_MS / 1000} s`), CHECK_MS)
  })
  try {
    return await Promise.race([check(), late])
  } catch (error) {
    return errorText(error).slice(0, MAX_PROBLEM_CHARACTERS)
  } finally {
    clearTimeout(timer)
  }
}
