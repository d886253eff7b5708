/** Rows of breakers, and what their notices call them. */
export const AGENTS = 'agents'
/** Nobody asks it before an agent is launched: it only tells that they fail, and so has no next try. */
export const onlyReports = (name: string): boolean =>
  name === AGENTS || name.startsWith(DISCOVERY) || name.startsWith(TRIAGE)
const DISCOVERY = 'the list of clusters of '
const TRIAGE = 'triage of cluster '
/** Whether agents could be sent to a cluster: told once, and asked by nobody. */
export const triageBreaker = (cluster: string): string => `${TRIAGE}${cluster}`
/** Of which cluster's triage a breaker tells; `undefined` for others. */
export const triageOf = (name: string): string | undefined =>
  name.startsWith(TRIAGE) ? name.slice(TRIAGE.length) : undefined
/** A key of the table has no slash. */
export const discoveryBreaker = (place: string): string =>
  `${DISCOVERY}${place.replace(/[^\w. -]+/g, '-')}`.slice(0, 200)
export const CONTAINER_GROUPS = 'container groups'
/** Each model has its own; a key of the table has no slash. */
export const modelBreaker = (model: string): string => `the model ${model.replace(/[^\w.-]+/g, '-')}`
