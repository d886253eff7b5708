/** Rows of breakers, and what their notices call them. */
export const AGENTS = 'agents'
/** Nobody asks it before an agent is launched: it only tells that they fail, and so has no next try. */
export const onlyTells = (name: string): boolean => name === AGENTS || name.startsWith(DISCOVERY)
const DISCOVERY = 'the list of clusters of '
/** A key of the table has no slash. */
export const discoveryBreaker = (place: string): string =>
  `${DISCOVERY}${place.replace(/[^\w. -]+/g, '-')}`.slice(0, 200)
export const CONTAINER_GROUPS = 'container groups'
/** Each model has its own; a key of the table has no slash. */
export const modelBreaker = (model: string): string => `the model ${model.replace(/[^\w.-]+/g, '-')}`
