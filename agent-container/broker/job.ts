import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import process from 'node:process'
import { AgentJob } from '../../shared/artifacts/job.ts'
import { errorText, GiveUp } from '../../shared/runtime/errors.ts'
import { FILES_IN_ENVIRONMENT, fileVariable } from '../../shared/runtime/group-files.ts'

export type JobFiles = {
  readonly job: AgentJob
  readonly kubeconfig: string
  /** Of the model's vendor; there when the job names a model. */
  readonly modelKey?: string
}

type Environment = Record<string, string | undefined>

/** Reads what was put beside us, or into our variables, which are empty of it then. */
export async function readJob(environment: Environment): Promise<JobFiles> {
  const folder = environment.NIGHTCRIER_FILES
  if (folder === undefined || folder === '')
    throw new GiveUp('NIGHTCRIER_FILES is not set: it names the folder with job.json and kubeconfig.')
  const file = (name: string) => (folder === FILES_IN_ENVIRONMENT ? variable(environment, name) : fileIn(folder, name))
  const job = await file('job.json')
  const kubeconfig = await file('kubeconfig')
  const parsed = parse(folder, job)
  if (parsed.model === undefined) return { job: parsed, kubeconfig }
  return { job: parsed, kubeconfig, modelKey: (await file(basename(parsed.model.keyFile))).trim() }
}

function parse(folder: string, job: string): AgentJob {
  try {
    return AgentJob.parse(JSON.parse(job))
  } catch (cause) {
    throw new GiveUp(`${join(folder, 'job.json')} is no job: ${errorText(cause)}`, { cause })
  }
}

async function fileIn(folder: string, name: string): Promise<string> {
  const path = join(folder, name)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EACCES') throw await forbidden(folder, name, cause)
    throw new GiveUp(`${path} cannot be read. The group's files must be mounted there.`, { cause })
  }
}

/**
 * Read once: what this process starts later, and a report that Node writes of it, does not have it. Its first environment
 * stays readable below /proc for the same user and for root, as the files would be.
 */
function variable(environment: Environment, name: string): string {
  const text = environment[fileVariable(name)]
  if (text === undefined) throw new GiveUp(`${fileVariable(name)} is not set: it holds the group's file ${name}.`)
  delete environment[fileVariable(name)]
  return text
}

/** Whose files they are is the platform's choice, and the image's user is a number of its own. */
async function forbidden(folder: string, name: string, cause: Error): Promise<GiveUp> {
  const { mode, uid } = await stat(join(folder, name)).catch(() => stat(folder))
  const whose = `mode ${(mode & 0o777).toString(8)} of user ${uid}, and the broker is user ${process.getuid?.()}`
  return new GiveUp(
    `${join(folder, name)} cannot be read (EACCES): it has ${whose}. Set AGENT_FILES to environment, which needs no file.`,
    { cause },
  )
}
