import { z } from 'zod'
import { incidentId, parseIncidentId } from '../incident/identity.ts'
import type { Incident } from '../incident/incident.ts'
import { contend, STALE } from '../runtime/contend.ts'
import { derivedId } from '../runtime/ids.ts'
import type { TriageDeps } from './deps.ts'

/** Rows of table `control`: which incidents began with one image, by the image. */
const PARTITION = 'images'
/** A release that goes out to several clusters does so within minutes. */
const RELATED_MS = 15 * 60_000
/** The incident's own limit. */
const MOST_RELATED = 50
/** What a bad image brings about; a node that fails says nothing of the images on it. */
const byImage: ReadonlySet<string> = new Set(['image', 'crash', 'init', 'config'])

const Sighting = z.strictObject({ incidentId: z.string(), at: z.iso.datetime() })
const Sightings = z.array(Sighting).max(MOST_RELATED)

/** Links an incident to those of other clusters whose trouble began with the same image. May run again. */
export const relate =
  (deps: Pick<TriageDeps, 'store' | 'control' | 'clock' | 'random'>) =>
  async (incident: Incident): Promise<void> => {
    const { image, faultClass, cluster, identity, generation } = incident
    if (image === undefined || !byImage.has(faultClass)) return
    const id = incidentId(cluster, identity, generation)
    const now = deps.clock.now()
    const key = derivedId(24, image)
    const others = await contend(deps, `Incidents of image ${image}`, async () => {
      const row = await deps.control.get(PARTITION, key)
      const known = row === undefined ? [] : Sightings.parse(JSON.parse(String(row.fields.sightings)))
      const recent = known.filter((one) => Math.abs(now.getTime() - Date.parse(one.at)) < RELATED_MS)
      const elsewhere = recent.filter((one) => parseIncidentId(one.incidentId)?.cluster !== cluster)
      if (recent.some((one) => one.incidentId === id)) return elsewhere
      const sightings = JSON.stringify([...recent, { incidentId: id, at: now.toISOString() }].slice(-MOST_RELATED))
      const written = await (row === undefined
        ? deps.control.insert(PARTITION, key, { sightings })
        : deps.control.replace(row, { sightings }))
      return written === undefined ? STALE : elsewhere
    })
    if (others.length === 0) return
    await link(
      deps,
      id,
      others.map((one) => one.incidentId),
    )
    for (const other of others) await link(deps, other.incidentId, [id])
  }

const link = (deps: Pick<TriageDeps, 'store' | 'clock' | 'random'>, id: string, others: readonly string[]) =>
  contend(deps, id, async () => {
    const stored = await deps.store.current(id)
    if (stored === undefined) return
    const { related } = stored.incident
    const fresh = others.filter((one) => !related.includes(one))
    if (fresh.length === 0) return
    const note = `The same image fails in other clusters: ${fresh.join(', ')}`
    const at = deps.clock.now()
    return deps.store.update(stored, { related: [...related, ...fresh].slice(-MOST_RELATED) }, { at, note })
  })
