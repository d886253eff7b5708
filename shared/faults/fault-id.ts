import { createHash } from 'node:crypto'

/** The wire's formula, so that the same fault has the same id whichever server tells it. */
export const faultIdOf = (cluster: string, faultType: string, uid: string, container: string): string =>
  createHash('sha256').update(`${cluster}:${faultType}:${uid}:${container}`).digest('hex').slice(0, 16)
