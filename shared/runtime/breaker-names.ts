/** Rows of breakers, and what their notices call them. */
export const AGENTS = 'agents'
export const CONTAINER_GROUPS = 'container groups'
/** Each model has its own; a key of the table has no slash. */
export const modelBreaker = (model: string): string => `the model ${model.replace(/[^\w.-]+/g, '-')}`
