import type { ObjectRef } from '../faults/fault.ts'
import type { Incident } from './incident.ts'

/** The schema's own limit: enough for any storm's bookkeeping. */
export const MOST_KEYS = 500
/** The extent of a storm; 500 of 200 characters each are a tenth of what a row can hold. */
const MOST_MEMBERS = 500
export function withMember(
  members: Incident['members'],
  { apiVersion, kind, namespace, name, uid }: ObjectRef,
  owner: ObjectRef,
) {
  const same = (one: ObjectRef) => one.kind === kind && one.namespace === namespace && one.name === name
  if (same(owner) || members.some(same) || members.length >= MOST_MEMBERS) return members
  return [
    ...members,
    {
      apiVersion,
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
  ]
}
