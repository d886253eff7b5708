import type { Report } from '../artifacts/report.ts'
import type { ReportDeps } from './deps.ts'
import { incidentPage } from './page/incident-page.ts'

/**
 * Writes the incident's folder: what the broker left, the truth (`report.json`), and last the page, so that a page is
 * never there before what it speaks of.
 */
export const publish =
  (deps: Pick<ReportDeps, 'writeArtifact' | 'pageLinks'>) =>
  async (report: Report, files: Readonly<Record<string, string>>): Promise<void> => {
    const { incidentId } = report.incident
    const write = (file: string, content: string) => deps.writeArtifact(incidentId, file, content)
    // verdict.json is the agent's unchecked claim: what stood the check is in report.json.
    const kept = Object.entries(files).filter(([file]) => file !== 'verdict.json')
    for (const [file, content] of kept) await write(file, content)
    await write('incident.json', json(report.incident))
    await write('report.json', json(report))
    await write('index.html', await incidentPage(report, files['investigation.md'], await deps.pageLinks?.(incidentId)))
  }

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
