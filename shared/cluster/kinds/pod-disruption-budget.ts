import { defineKind } from '../sign.ts'

/** A budget of nothing is a wish like any other; where it blocks a drain, the node says so. */
export const podDisruptionBudget = defineKind({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  signs: () => [],
  columns: [
    { name: 'Allowed', value: ({ status }) => String(status?.disruptionsAllowed ?? '') },
    { name: 'Pods', value: ({ status }) => String(status?.expectedPods ?? '') },
  ],
})
