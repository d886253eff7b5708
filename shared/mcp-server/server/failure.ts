import { ClusterApiError } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { own } from '../../runtime/own.ts'

/** Who refused or failed is told by the reason where it is ours, and by the API's status else. */
const byReason: Readonly<Record<string, string>> = {
  ReadOnly: 'This server refuses it whatever the cluster allows; nothing was asked.',
  GuardRail: '',
  Cancelled: 'The time of this call was over: ask for less (one namespace, a smaller limit), or try again.',
  Budget: '',
}
const byStatus: Readonly<Record<number, string>> = {
  403: "The cluster's role for this credential does not allow it: ask for less (one namespace, another kind), or have the right granted.",
  404: 'Check what the call names.',
  410: 'The list has expired meanwhile: begin again without continue.',
  429: 'The cluster asks for patience: try again in some seconds.',
  500: 'That is a fault of the API server, not of the question: try again, or ask for one object.',
  503: 'That part of the API does not answer just now: try again, or ask for another kind.',
}
const wordsOfTheirOwn = new Set(['NoEarlierRun', 'NotStarted', 'LogGone', 'NoSuchKind', 'BadName'])

/** An expected failure in words for the caller; `undefined` for a bug. The text still has to pass the redaction. */
export function failureText(error: unknown, cluster: string | undefined): string | undefined {
  const at = cluster === undefined ? '' : `Cluster "${cluster}": `
  if (error instanceof GiveUp) return error.message
  if (error instanceof ClusterApiError) {
    const usual = () => (wordsOfTheirOwn.has(error.reason) ? '' : (byStatus[error.status] ?? ''))
    const remedy = error.remedy === undefined ? (own(byReason, error.reason) ?? usual()) : ''
    // An API's own words may end anyhow.
    const said = remedy === '' || /[.!?)]$/.test(error.message) ? error.message : `${error.message}.`
    return `${at}${said}${remedy === '' ? '' : ` ${remedy}`}`
  }
  return undefined
}
