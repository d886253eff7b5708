import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { connectCluster } from '../../kubernetes/connect.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { NskTable } from '../server/server-config.ts'
import { type Discovered, discoverySource, isGoodName } from './discovery-source.ts'
import { rancherSource, tokenOf } from './rancher-source.ts'
import { runProgram } from './run-program.ts'
import type { Connect, Source } from './source.ts'

type Environment = Readonly<Record<string, string | undefined>>
/** It asks a Rancher over a network: a list of hundreds takes seconds. */
const LIST_MS = 15_000
const KUBECONFIG_MS = 10_000
/** What a program needs to run and to reach a network; nothing else of ours is told to it. */
const passedOn = [
  ...['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'],
]

/** The clusters that the program `nsk` tells of. Where there is no such program, its Rancher is asked directly. */
export function nskSource(
  table: NskTable,
  environment: Environment,
  clock: Clock,
  connect: Connect = connectCluster,
): Source {
  const { rancher_url, rancher_token } = table
  if (!isProgram(table.nsk_path, environment.PATH ?? '') && rancher_url !== undefined && rancher_token !== undefined)
    return rancherSource({ ...table, rancher_url, rancher_token }, clock, { kind: 'nsk', connect })

  const token = rancher_token === undefined ? undefined : tokenOf(rancher_token)
  async function run(template: readonly string[], name: string, timeoutMs: number, signal?: AbortSignal) {
    const secret = await token?.()
    const given: Readonly<Record<string, string | undefined>> = {
      ...Object.fromEntries(passedOn.map((each) => [each, environment[each]])),
      RANCHER_URL: rancher_url,
      // Not as an argument, which every program on the machine could read.
      RANCHER_TOKEN: secret,
      RANCHER_INSECURE: table.rancher_insecure ? 'true' : undefined,
      NSK_PROFILE: table.profile,
      NSK_CONFDIR: table.config_dir,
    }
    const known = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
    try {
      return await runProgram({
        program: table.nsk_path,
        args: filledIn(template, { name, profile: table.profile, config_dir: table.config_dir }),
        environment: Object.fromEntries(known),
        folder: table.config_dir,
        timeoutMs,
        signal,
      })
    } catch (error) {
      if (secret === undefined || !(error instanceof GiveUp)) throw error
      throw new GiveUp(error.message.replaceAll(secret, '‹redacted:token›'))
    }
  }
  const kubeconfigOf = async (name: string) => {
    const text = await run(table.kubeconfig_args, name, KUBECONFIG_MS)
    return connect(text, { where: `${table.nsk_path}: the kubeconfig of ${name}` })
  }
  return discoverySource({
    kind: 'nsk',
    name: `nsk (${table.nsk_path})`,
    place: rancher_url ?? table.nsk_path,
    filter: table,
    goodId: isGoodName,
    discover: async (signal) => {
      const listed = clustersIn(await run(table.list_args, '', LIST_MS, signal), table.nsk_path)
      // The program knows clusters by name, so that is the id here.
      return listed.map(({ name, state }) => ({
        id: name,
        name,
        state,
        server: '',
        open: () => kubeconfigOf(name),
      }))
    },
    status: async (signal) => {
      await run(table.list_args, '', LIST_MS, signal)
      return {
        how: `by the program ${table.nsk_path}`,
        ...(table.profile === undefined ? {} : { profile: table.profile }),
      }
    },
    clock,
  })
}

/** Each argument stays one, whatever is filled in; one whose value is not set is left out. */
export function filledIn(template: readonly string[], values: Readonly<Record<string, string | undefined>>): string[] {
  return template.flatMap((argument) => {
    let absent = false
    const filled = argument.replace(/\{(name|profile|config_dir)\}/g, (_, key: string) => {
      const value = values[key] ?? ''
      if (value === '') absent = true
      return value
    })
    return absent ? [] : [filled]
  })
}

const Named = z.union([z.string(), z.looseObject({ name: z.string(), state: z.string().optional() })])
const Listed = z.union([z.array(Named), z.looseObject({ clusters: z.array(Named) })])
/** As many as one Rancher may have. */
const MAX_CLUSTERS = 25_000

/** JSON, `{clusters: [{name, state}]}` or a list; or else one name a line. */
export function clustersIn(output: string, program: string): readonly Pick<Discovered, 'name' | 'state'>[] {
  const text = output.trim()
  if (!/^[[{]/.test(text)) {
    const lines = text.split('\n').map((line) => line.trim())
    const names = [...new Set(lines.filter((line) => line !== ''))]
    // An error, a sign-in or a page is no list, and an empty one would look like no clusters.
    if (names.length > 0 && !names.some(isGoodName)) throw notUnderstood(program)
    return bounded(names.map((name) => ({ name, state: '' })))
  }
  const parsed = Listed.safeParse(jsonOf(text))
  if (!parsed.success) throw notUnderstood(program)
  const all = Array.isArray(parsed.data) ? parsed.data : parsed.data.clusters
  return bounded(
    all.map((one) => (typeof one === 'string' ? { name: one, state: '' } : { name: one.name, state: one.state ?? '' })),
  )
}
const notUnderstood = (program: string): GiveUp =>
  new GiveUp(
    `${program}: its list of clusters is not understood. It must be {"clusters": [{"name": …}]}, a list of names, or one name a line: set list_args.`,
  )
function bounded<T>(all: readonly T[]): readonly T[] {
  if (all.length > MAX_CLUSTERS) throw new GiveUp(`Its list has ${all.length} clusters; ${MAX_CLUSTERS} are the most.`)
  return all
}
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProgram(program: string, path: string): boolean {
  const places = program.includes('/') ? [program] : path.split(delimiter).map((folder) => join(folder, program))
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
