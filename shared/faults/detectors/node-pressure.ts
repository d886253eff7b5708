import { condition } from '../context.ts'
import { type Detector, none } from '../finding.ts'

const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']

/** One fault for all pressures of a node: they come and go together. */
export const nodePressure: Detector = (view) => {
  if (view.kind !== 'Node' || view.metadata.deletionTimestamp) return none
  const found = pressures.flatMap((type) => {
    const entry = condition(view.status?.conditions, type)
    return entry?.status === 'True' ? [entry] : []
  })
  const [first] = found
  if (first === undefined) return none
  const told = found.map((entry) => `${entry.type}${entry.message ? ` (${entry.message})` : ''}`)
  return [
    {
      faultType: 'NodePressure',
      severity: 'warning',
      text: `Node is under pressure: ${told.join(', ')}`,
      field: `status.conditions[type=${first.type}].status`,
    },
  ]
}
