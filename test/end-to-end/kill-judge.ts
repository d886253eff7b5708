import { containers, queues, tables } from '../../shared/artifacts/layout.ts'
import type { Incident } from '../../shared/incident/incident.ts'
import { TOTALS, totalsIn } from '../../shared/runtime/totals.ts'
import type { WholeApp } from './whole-app.ts'

/** As triage writes it down. */
const AGAIN = /investigated again|waits for an agent/
const MOST_LIST_BYTES = 64 * 1024 * 1024
const MOST_REPORT_BYTES = 32 * 1024 * 1024

/** What is owed after a report, each by itself. */
export type Owed = {
  readonly publishedTwice: number
  /** Pages that do not show what their incident's row says. */
  readonly wrongPages: number
  /** Reported, and neither told nor told with another; told more often than answers to posts were lost with their process. */
  readonly untold: number
  readonly toldTwice: number
  /** No line in the list; reports less counted agents; slots that nobody holds. */
  readonly unlisted: number
  readonly miscounted: number
  readonly slotsLeft: number
}

/** How many messages each queue still has, hidden ones included. */
export async function waiting(app: WholeApp): Promise<Readonly<Record<string, number>>> {
  const found = Object.values(queues).map(async (name) => [name, await app.storage.queue(name).length()] as const)
  // What was too much for one minute is told as a number when that minute is over.
  const folded = await app.storage.table(tables.control).list({ partition: 'folded', limit: 1_000 })
  return { ...Object.fromEntries(await Promise.all(found)), folded: folded.length }
}

export async function judge(
  app: WholeApp,
  incidents: readonly Incident[],
  killedWhileTelling: number,
  say: (line: string) => void,
): Promise<Owed> {
  const reported = incidents.filter(({ reportedAt }) => reportedAt !== undefined)
  const blobs = app.storage.blobs(containers.incidents)
  const months = await blobs.list('index/', 100)
  const lists = await Promise.all(months.map(async ({ name }) => (await blobs.read(name, MOST_LIST_BYTES))?.text ?? ''))
  const control = app.storage.table(tables.control)
  const totals = (await control.list({ partition: TOTALS, limit: 1_000 })).map(totalsIn)
  const counted = totals
    .flatMap((row) => Object.entries(row))
    .reduce((sum, [name, value]) => sum + (name.startsWith('ended_') ? value : 0), 0)
  const published = ({ steps }: Incident) => steps.filter(({ note }) => note.startsWith('Report published')).length
  // One whose fault was over and has come back is investigated again, and has a report of that.
  const attempts = ({ steps }: Incident) => steps.filter(({ note }) => AGAIN.test(note)).length + 1
  for (const one of incidents.filter((each) => published(each) > attempts(each)))
    say(`published twice: ${one.incidentId} ${JSON.stringify(one.steps.map(({ state, note }) => `${state}: ${note}`))}`)
  const holders = (await control.get('agents', 'slots'))?.fields.holders
  const postsOf = (incidentId: string) => app.posts.filter((post) => post.includes(`\`${incidentId}\``)).length
  // A member is told with the incident that explains it.
  const isTold = ({ incidentId, mutedBy }: Incident) => [incidentId, mutedBy].some((id) => id && postsOf(id) > 0)
  const notOneByOne = reported.filter((one) => !isTold(one))
  // `And 8 more: reported critical`; a post that came twice says the same twice.
  const heaps = new Set(app.posts.filter((post) => /And \d+ more: reported /.test(post)))
  const inHeaps = [...heaps].reduce((sum, post) => sum + Number(/And (\d+) more: reported /.exec(post)?.[1] ?? 0), 0)
  const untold = notOneByOne.slice(0, Math.max(0, notOneByOne.length - inHeaps))
  for (const { incidentId, status, reason, notices } of untold.slice(0, 5)) {
    const lines = app.lines.filter((line) => line.includes(incidentId)).slice(-6)
    say(
      `untold: ${incidentId} ${status} ${reason ?? ''} ${JSON.stringify(notices)}\n  ${lines.map((line) => line.slice(0, 600)).join('\n  ')}`,
    )
  }
  const copies = incidents.reduce((sum, one) => sum + Math.max(0, postsOf(one.incidentId) - published(one)), 0)
  const wrong = await Promise.all(incidents.map((one) => showsAnother(app, one)))
  return {
    publishedTwice: incidents.filter((one) => published(one) > attempts(one)).length,
    wrongPages: wrong.filter(Boolean).length,
    untold: untold.length,
    toldTwice: Math.max(0, copies - killedWhileTelling),
    unlisted: reported.filter(({ incidentId }) => !lists.some((text) => text.includes(`"${incidentId}"`))).length,
    miscounted: incidents.reduce((sum, one) => sum + published(one), 0) - counted,
    slotsLeft: holders === undefined ? 0 : (JSON.parse(String(holders)) as unknown[]).length,
  }
}

async function showsAnother(app: WholeApp, { incidentId, reportedAt, fence, outcome }: Incident): Promise<boolean> {
  if (reportedAt === undefined) return false
  const blob = await app.storage.blobs(containers.incidents).read(`${incidentId}/report.json`, MOST_REPORT_BYTES)
  if (blob === undefined) return true
  const report = JSON.parse(blob.text)
  return report.incident.fence !== fence || report.outcome !== outcome
}
