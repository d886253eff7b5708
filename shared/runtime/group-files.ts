/** What NIGHTCRIER_FILES says when a group's files are not in a folder but in variables of their own. */
export const FILES_IN_ENVIRONMENT = 'environment'

/** The variable that holds a file of the group, by a name that every platform takes: job.json, NIGHTCRIER_FILE_JOB_JSON. */
export const fileVariable = (name: string): string => `NIGHTCRIER_FILE_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
