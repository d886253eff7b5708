import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Cluster } from '../config/cluster.ts'
import { parseClusters } from '../config/clusters-file.ts'
import type { Route } from '../config/notifications.ts'
import { type PlaceSecret, placeSecrets, wrongPlaceSecret } from '../config/place-kinds.ts'
import { readSecret } from '../config/secret-ref.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import type { Output } from './terminal.ts'

/** The parser refuses over 1 MiB in words; this much is taken in to get there. */
const MAX_READ_BYTES = 2 * 1024 * 1024

/** `nightcrier check-config FILE`: what the app would say of it, and whether the files it names are there. */
export async function checkConfig(
  deps: { readonly out: Output; readonly json: boolean },
  file: string,
): Promise<boolean> {
  const { out, json } = deps
  const { clusters, discovery, notifications, errors } = parseClusters(await text(file))
  const references = [...clusters.flatMap(secretsOfCluster), ...notifications.flatMap(secretsOfRoute)]
  const read = readSecret({ folder: dirname(resolve(file)) })
  const missing: string[] = []
  for (const { at, key, reference } of references.filter((one) => one.reference.startsWith('file:')))
    try {
      const secret = await read(reference)
      const wrong = key === undefined ? undefined : wrongPlaceSecret(key, secret.text)
      if (wrong !== undefined) missing.push(`${at}: ${reference}: ${wrong}`)
    } catch (error) {
      missing.push(`${at}: ${errorText(error)}`)
    }
  const all = [...errors, ...missing]
  const names = clusters.map(({ name }) => name)
  if (json)
    out.line(JSON.stringify({ file, ok: all.length === 0, clusters: names, routes: notifications.length, errors: all }))
  else if (all.length > 0) {
    out.line(out.colors.red(`${file} is wrong:`))
    for (const error of all) out.line(`  ${error}`)
    out.note(`${count(all.length, 'fault')}. The watch goes on with the last good file until they are put right.`)
  } else {
    const vault = references.filter(({ reference }) => reference.startsWith('keyvault:')).length
    const listed = discovery.length === 0 ? '' : `, ${count(discovery.length, 'place')} of discovery`
    const holds = `${count(names.length, 'cluster')}${listed}, ${count(notifications.length, 'route')}`
    out.line(out.colors.green(`${file} is right: ${holds}.`))
    if (notifications.length === 0)
      out.note('No route under notifications: notices go to SLACK_WEBHOOK_URL; without it nobody is told.')
    if (vault > 0) out.note(`${count(vault, 'secret')} in Key Vault ${vault === 1 ? 'was' : 'were'} not looked up.`)
  }
  return all.length === 0
}

async function text(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MAX_READ_BYTES) throw new GiveUp(`${file} is over 2 MiB: that is no clusters file.`)
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof GiveUp) throw error
    throw new GiveUp(`${file} cannot be read: ${errorText(error)}. Name the clusters.yaml that is to be checked.`)
  }
}

/** `key`: of a place, which says what the secret must be like. */
type Secret = { readonly at: string; readonly reference: string; readonly key?: PlaceSecret }
const secretsOfCluster = ({ name, mcp, triage }: Cluster): Secret[] =>
  [mcp.api_key, triage.kubeconfig]
    .filter((reference) => reference !== undefined)
    .filter((reference) => /^(file|keyvault):/.test(reference))
    .map((reference) => ({ at: `cluster ${name}`, reference }))
const secretsOfRoute = ({ to }: Route, route: number): Secret[] =>
  to.flatMap((place, index) =>
    placeSecrets.flatMap((key) => {
      const reference = place[key]
      return reference === undefined ? [] : [{ at: `notifications[${route}].to[${index}].${key}`, key, reference }]
    }),
  )

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
