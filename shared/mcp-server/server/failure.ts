import { ClusterApiError } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'

/** What can be done about it, by the API's status; the rest says it in its own words. */
const remedies: Readonly<Record<number, string>> = {
  403: "The cluster's role for this credential does not allow it: ask for less (one namespace, another kind), or have the right granted.",
  404: 'Check what the call names.',
  410: 'The list has expired meanwhile: begin again without continue.',
  429: 'The cluster asks for patience: try again in some seconds.',
}

/** An expected failure in words for the caller; `undefined` for a bug. The text still has to pass the redaction. */
export function failureText(error: unknown, cluster: string | undefined): string | undefined {
  const at = cluster === undefined ? '' : `Cluster "${cluster}": `
  if (error instanceof GiveUp) return error.message
  if (error instanceof ClusterApiError) {
    const remedy = remedies[error.status]
    return `${at}${error.message}${remedy === undefined ? '' : ` ${remedy}`}`
  }
  return undefined
}
