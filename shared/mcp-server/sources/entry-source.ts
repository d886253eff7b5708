import { resolve } from 'node:path'
import { describeIssues } from '../../config/describe-issues.ts'
import type { DiscoveryEntry, NamedCluster } from '../../config/discovery-entry.ts'
import { environment } from '../../config/environment.ts'
import { readSecret, type SecretDeps } from '../../config/secret-ref.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { ServerConfig } from '../server/server-config.ts'
import { directorySource } from './directory-source.ts'
import { nskSource } from './nsk-source.ts'
import { rancherSource } from './rancher-source.ts'
import type { Connect, Found, Source } from './source.ts'

/** How a cluster is called by the place that knows it, and where its kubeconfig lies if it has one there. */
export function namedBy({ target, file }: Found): NamedCluster {
  const named = { name: target.name, id: target.aliases[0] ?? target.name }
  return file === undefined ? named : { ...named, kubeconfig: `file:${file}` }
}

/** Paths start at the folder of the file; the bare name of a program is looked for in PATH. */
function placed(
  { nsk_path: program, config_dir: directory }: NonNullable<DiscoveryEntry['nsk']>,
  folder: string,
): { readonly nsk_path?: string; readonly config_dir?: string } {
  return {
    ...(program?.includes('/') ? { nsk_path: resolve(folder, program) } : {}),
    ...(directory === undefined ? {} : { config_dir: resolve(folder, directory) }),
  }
}

/** The place that an entry of `discovery:` names, as a source. */
export async function entrySource(
  entry: DiscoveryEntry,
  { secrets, clock, connect }: { readonly secrets: SecretDeps; readonly clock: Clock; readonly connect?: Connect },
): Promise<Source> {
  const { kubeconfig_dir: directory } = entry
  const through = connect === undefined ? {} : { connect }
  if (directory !== undefined) {
    if (secrets.folder === undefined)
      throw new GiveUp('kubeconfig_dir can be used locally only, beside a local clusters.yaml. Use rancher or AKS.')
    return directorySource({ directory: resolve(secrets.folder, directory), clock, ...through })
  }
  const table = entry.rancher ?? entry.nsk ?? {}
  const token = table.rancher_token === undefined ? undefined : await readSecret(secrets)(table.rancher_token)
  const asked = {
    ...table,
    ...(token === undefined ? {} : { rancher_token: token.text.trim() }),
    ...placed(entry.nsk ?? {}, secrets.folder ?? ''),
  }
  const given = entry.rancher === undefined ? { nsk: asked } : { rancher: asked }
  const config = ServerConfig.safeParse(given)
  if (!config.success) throw new GiveUp(describeIssues(config.error, ServerConfig, given).join('; '))
  const { rancher, nsk } = config.data
  if (rancher !== undefined) return rancherSource(rancher, clock, through)
  if (nsk !== undefined) return nskSource(nsk, environment(), clock, connect)
  throw new GiveUp('An entry of discovery names no place.')
}
