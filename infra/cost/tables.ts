import { costs, detectionSeconds, type Load, sum, watching } from './model.ts'

const sizes = [0, 10, 100, 1_000] as const
/** Patrols of a minute, five and ten; 0: watched without a break. */
const patrols = [0, 60, 300, 600] as const

const loadOf = (clusters: number, patrolSeconds = 0): Load => ({
  clusters,
  incidentsPerDay: clusters / 5,
  model: clusters > 0,
  patrolSeconds,
})

/** What a month costs by number of clusters and part, while they are watched. */
export const byPart = () =>
  sizes.map((clusters) => ({ ...loadOf(clusters), parts: costs(loadOf(clusters)), usd: sum(costs(loadOf(clusters))) }))

/** What watching alone costs in a month (supervisors, storage, vault), against how late a fault is found. */
export const byDuty = () =>
  patrols.map((patrolSeconds) => ({
    patrolSeconds,
    sizes: sizes.map((clusters) => {
      const load = loadOf(clusters, patrolSeconds)
      const parts = costs(load)
      return {
        clusters,
        usd: (parts.supervisors ?? 0) + (parts['storage and vault'] ?? 0),
        detectionSeconds: detectionSeconds(load),
        ...watching(load),
      }
    }),
  }))
