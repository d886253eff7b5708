/** Kubernetes' own limit of a command that we show. */
const MOST = 1_000

/**
 * Names the cluster in each call of kubectl, since whoever pastes it may be in another one. Not where the name would mean
 * something to a shell, and not twice.
 */
export function inCluster(command: string, cluster: string): string {
  if (!/^[\w.@:/-]+$/.test(cluster)) return command
  const named = command.replace(
    /(^|[|;&(\n]\s*)kubectl (?!config\b)(?![^|;&\n]*--context\b)/g,
    `$1kubectl --context ${cluster} `,
  )
  return named.length <= MOST ? named : command
}
