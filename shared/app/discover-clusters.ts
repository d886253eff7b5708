import { resolve } from 'node:path'
import type { Cluster } from '../config/cluster.ts'
import { describeIssues } from '../config/describe-issues.ts'
import { clusterFromEntry, type DiscoveryEntry } from '../config/discovery-entry.ts'
import { readSecret, type SecretDeps } from '../config/secret-ref.ts'
import { surroundings } from '../config/surroundings.ts'
import { ServerConfig } from '../mcp-server/server-config.ts'
import { directorySource } from '../mcp-server/sources/directory-source.ts'
import { nskSource } from '../mcp-server/sources/nsk-source.ts'
import { rancherSource } from '../mcp-server/sources/rancher-source.ts'
import type { Source } from '../mcp-server/sources/source.ts'
import type { Clock } from '../runtime/clock.ts'
import { GiveUp } from '../runtime/errors.ts'

/** The clusters that one place of `discovery:` knows, asked as the MCP server asks it. */
export async function discoverClusters(
  entry: DiscoveryEntry,
  secrets: SecretDeps,
  clock: Clock,
): Promise<readonly (Cluster | string)[]> {
  const source = await sourceOf(entry, secrets, clock)
  try {
    await source.refresh(true)
    const [problem] = source.problems()
    if (problem !== undefined) throw new GiveUp(problem)
    return source.current().map(({ target, file }) => {
      if (target.problem !== undefined) return target.problem
      const named = { name: target.name, id: target.aliases[0] ?? target.name }
      return clusterFromEntry(entry, file === undefined ? named : { ...named, kubeconfig: `file:${file}` })
    })
  } finally {
    await source.close?.()
  }
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

async function sourceOf(entry: DiscoveryEntry, secrets: SecretDeps, clock: Clock): Promise<Source> {
  const { kubeconfig_dir: directory } = entry
  if (directory !== undefined) {
    if (secrets.folder === undefined)
      throw new GiveUp('kubeconfig_dir can be used locally only, beside a local clusters.yaml. Use rancher or AKS.')
    return directorySource({ directory: resolve(secrets.folder, directory), clock })
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
  if (rancher !== undefined) return rancherSource(rancher, clock)
  if (nsk !== undefined) return nskSource(nsk, surroundings(), clock)
  throw new GiveUp('An entry of discovery names no place.')
}
