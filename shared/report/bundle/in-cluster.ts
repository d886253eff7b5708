/** Kubernetes' own limit of a command that we show. */
const MOST = 1_000
/** That of a sentence of a verdict. */
const MOST_PROSE = 600

/**
 * Names the cluster in each call of kubectl, since whoever pastes it may be in another one. Not where the name would mean
 * something to a shell, and not twice. What is to be filled in is quoted: a shell reads `<value>` as a file.
 */
export function inCluster(command: string, cluster: string): string {
  const quoted = fits(quotedPlaceholders(command), command, MOST)
  if (!isPlain(cluster)) return quoted
  return fits(named(quoted, /(^|[|;&(\n]\s*)kubectl (?!config\b)(?![^|;&\n]*--context\b)/g, cluster), quoted, MOST)
}

/** The same within a sentence, such as how to check a step or to undo it. */
export function inClusterProse(text: string, cluster: string): string {
  if (!isPlain(cluster)) return text
  return fits(named(text, CALL_IN_PROSE, cluster), text, MOST_PROSE)
}

/** Only what is a call: a sentence may speak of kubectl, too. */
const CALL_IN_PROSE =
  /(^|[\s(`'"])kubectl (?=-|(?:get|describe|logs|top|rollout|apply|edit|patch|set|scale|create|delete|label|annotate|cordon|uncordon|drain|taint|auth|expose|replace|debug|exec) )(?![^.;`\n]*--context\b)/g

const isPlain = (cluster: string): boolean => /^[\w.@:/-]+$/.test(cluster)
const named = (text: string, calls: RegExp, cluster: string): string =>
  text.replace(calls, `$1kubectl --context ${cluster} `)
const fits = (text: string, before: string, most: number): string => (text.length <= most ? text : before)

/** Outside of quotes only: within them a shell takes it as it is. */
function quotedPlaceholders(command: string): string {
  let quote = ''
  return command.replace(/\\.|['"]|<[a-z][\w -]*>/gi, (found) => {
    if (found.startsWith('<')) return quote === '' ? `'${found}'` : found
    if (quote === '' && found.length === 1) quote = found
    else if (found === quote) quote = ''
    return found
  })
}
