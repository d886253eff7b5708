import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GiveUp } from '../runtime/errors.ts'
import { Clusters } from './answers.ts'
import { client } from './client.ts'
import { loginFile, type Place } from './place.ts'
import type { Output } from './terminal.ts'

export type LoginDeps = {
  readonly out: Output
  readonly json: boolean
  /** As --key says it. */
  readonly key: string | undefined
  readonly place: (more: { readonly key?: string | undefined; readonly lenient: boolean }) => Place
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What was piped in; '' when somebody sits before it. */
  readonly piped: () => Promise<string>
}

/** `nightcrier login`: keeps address and key for the next commands, once the app has taken them. */
export async function login({ out, json, key, place, environment, piped }: LoginDeps): Promise<void> {
  // Only a pipe whose words count is read: one that nobody closes would hold the command.
  const words = key === undefined ? (await piped()).trim() : ''
  const { url, key: given } = place(words === '' ? { lenient: true } : { key: words, lenient: true })
  if (given === '')
    throw new GiveUp(
      'There is no key. Pipe it in, so that no list of processes shows it: az functionapp keys list … --query functionKeys.default -o tsv | nightcrier --url https://my-app.azurewebsites.net login',
    )
  const { summary } = await client({ url, key: given }).get('health/clusters', Clusters)
  const file = loginFile(environment)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  // Made anew: an older file may have wider rights.
  await rm(file, { force: true })
  await writeFile(file, `${JSON.stringify({ url, key: given })}\n`, { mode: 0o600 })
  if (json) out.line(JSON.stringify({ url, file }))
  else out.line(`${url} takes the key: ${summary.active} of ${summary.total} clusters are watched. Kept in ${file}.`)
}

/** `nightcrier logout` */
export async function logout({
  out,
  json,
  environment,
}: Pick<LoginDeps, 'out' | 'json' | 'environment'>): Promise<void> {
  const file = loginFile(environment)
  await rm(file, { force: true })
  if (json) out.line(JSON.stringify({ file }))
  else out.line(`${file} is gone.`)
}
