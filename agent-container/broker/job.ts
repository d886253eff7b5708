import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AgentJob } from '../../shared/artifacts/job.ts'
import { errorText, GiveUp } from '../../shared/runtime/errors.ts'

export type JobFiles = {
  readonly job: AgentJob
  readonly kubeconfig: string
  /** Of the model's vendor; there when the job names a model. */
  readonly modelKey?: string
}

/** Reads what was put beside us. */
export async function readJob(folder: string | undefined): Promise<JobFiles> {
  if (folder === undefined || folder === '')
    throw new GiveUp('NIGHTCRIER_FILES is not set: it names the folder with job.json and kubeconfig.')
  const job = await file(folder, 'job.json')
  const kubeconfig = await file(folder, 'kubeconfig')
  const parsed = parse(folder, job)
  if (parsed.model === undefined) return { job: parsed, kubeconfig }
  return { job: parsed, kubeconfig, modelKey: (await file(folder, basename(parsed.model.keyFile))).trim() }
}

function parse(folder: string, job: string): AgentJob {
  try {
    return AgentJob.parse(JSON.parse(job))
  } catch (cause) {
    throw new GiveUp(`${join(folder, 'job.json')} is no job: ${errorText(cause)}`, { cause })
  }
}

async function file(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (cause) {
    throw new GiveUp(`${join(folder, name)} cannot be read. The group's files must be mounted there.`, { cause })
  }
}
