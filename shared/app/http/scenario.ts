import { strToU8, zipSync } from 'fflate'
import { EvidenceEntry } from '../../artifacts/evidence.ts'
import { artifactName, containers } from '../../artifacts/layout.ts'
import { readFeedback } from '../../report/feedback/give-feedback.ts'
import { scenarioOf } from '../../report/scenario/scenario-of.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import { feedbackDeps } from './feedback.ts'
import { readReport } from './published-report.ts'

/** What a bundle may unpack to: none of its files is larger. */
const MAX_ARTIFACT_BYTES = 16 * 1024 * 1024

/** An incident as a folder that `npm run scenario` replays, zipped. */
export async function incidentScenario(platform: Platform, id: string): Promise<Answer> {
  const incident = await platform.store.byId(id)
  if (incident === undefined) return refused(404, `There is no incident ${id.slice(0, 200)}`)
  const blobs = platform.storage.blobs(containers.incidents)
  const read = async (file: string) => (await blobs.read(artifactName(id, file), MAX_ARTIFACT_BYTES))?.text
  const [report, cluster, evidence, { feedback }] = await Promise.all([
    readReport(platform)(id),
    read('cluster.yaml'),
    read('evidence.jsonl'),
    readFeedback(feedbackDeps(platform), id),
  ])
  if (report === undefined || cluster === undefined) {
    const why =
      report === undefined ? `it has no report: it is ${incident.status}` : 'its agent left no picture of the cluster'
    return refused(409, `Incident ${id} cannot be replayed, since ${why}`)
  }
  const lines = (evidence ?? '').split('\n').flatMap(entryIn)
  const files = scenarioOf({ report, cluster, evidence: lines, feedback })
  const zipped = zipSync(
    Object.fromEntries(Object.entries(files).map(([file, text]) => [`${id}/${file}`, strToU8(text)])),
    // The same incident gives the same bytes.
    { level: 6, mtime: incident.createdAt },
  )
  const headers = {
    'cache-control': 'no-store',
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="${id}.zip"`,
    'x-content-type-options': 'nosniff',
  }
  return { status: 200, body: zipped, headers }
}

function entryIn(line: string): EvidenceEntry[] {
  try {
    return [EvidenceEntry.parse(JSON.parse(line))]
  } catch {
    return []
  }
}

const refused = (status: number, error: string): Answer => ({
  status,
  jsonBody: { error },
  headers: { 'cache-control': 'no-store' },
})
