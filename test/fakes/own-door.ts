import { foreignDoor } from '../../shared/kubernetes/foreign-door.ts'
import { createRedactor } from '../../shared/kubernetes/redact.ts'

/** The product's own door, with a key of the tests. */
export const ownDoor = foreignDoor(createRedactor({ key: 'a key of the tests' }))
